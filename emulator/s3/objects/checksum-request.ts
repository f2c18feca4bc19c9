import { CHECKSUMS, checksumAlgorithm, type ChecksumAlgorithm, type ChecksumType } from './checksums.ts'
import { invalidRequest } from '../errors.ts'
import { isLinear } from '../uploads/part-checksums.ts'

/**
 * The algorithm that `x-amz-checksum-algorithm` names.
 * @throws InvalidRequest
 */
export function readAlgorithm (name: string | undefined): ChecksumAlgorithm | undefined {
  const algorithm = name === undefined ? undefined : checksumAlgorithm(name)
  if (name !== undefined && !algorithm) {
    throw invalidRequest(`Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${Object.keys(CHECKSUMS).join(', ')}]`)
  }
  return algorithm
}

/**
 * The type that `x-amz-checksum-type` names.
 * @throws InvalidRequest
 */
export function readChecksumType (name: string | undefined): ChecksumType | undefined {
  const type = name?.toUpperCase()
  if (type === undefined || type === 'COMPOSITE' || type === 'FULL_OBJECT') return type
  throw invalidRequest('Value for x-amz-checksum-type header is invalid.')
}

/**
 * How the checksum of a multipart upload is computed: by default of the full object if the algorithm
 * is CRC64NVME, else of the checksums of the parts.
 * @throws InvalidRequest if S3 has no such type for the algorithm
 */
export function readUploadChecksum (algorithmName: string | undefined, typeName: string | undefined): { algorithm: ChecksumAlgorithm, type: ChecksumType, asked: boolean } {
  const algorithm = readAlgorithm(algorithmName)
  const type = readChecksumType(typeName)
  if (!algorithm) {
    if (type) throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.')
    return { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', asked: false }
  }
  const only = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : isLinear(algorithm) ? undefined : 'COMPOSITE'
  if (type && only && type !== only) {
    throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`)
  }
  return { algorithm, type: type ?? only ?? 'COMPOSITE', asked: true }
}
