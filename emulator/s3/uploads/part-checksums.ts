import { CHECKSUMS, digestInBase64, type ChecksumAlgorithm, type ChecksumType, type ObjectChecksum } from '../objects/checksums.ts'

/** Polynomials of the checksums of a whole that can be computed from those of its parts, the lowest power in the highest bit. */
const POLYNOMIALS = { CRC32: 0xedb88320n, CRC32C: 0x82f63b78n, CRC64NVME: 0x9a6c9329ac4bc9b5n } satisfies Partial<Record<ChecksumAlgorithm, bigint>>

type Linear = keyof typeof POLYNOMIALS

/** Whether S3 has a checksum of the full object for a multipart upload. */
export const isLinear = (algorithm: ChecksumAlgorithm): algorithm is Linear => Object.hasOwn(POLYNOMIALS, algorithm)

export interface PartChecksum {
  /** Bytes of the part. */
  size: number
  /** In base64. */
  value: string
}

/**
 * The checksum of an object, from those of its parts.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export async function checksumOfParts (parts: readonly PartChecksum[], { algorithm, type }: { algorithm: ChecksumAlgorithm, type: ChecksumType }): Promise<ObjectChecksum> {
  if (type === 'FULL_OBJECT' && isLinear(algorithm)) return { algorithm, type, value: combine(parts, algorithm) }
  const hasher = CHECKSUMS[algorithm].create()
  for (const { value } of parts) hasher.update(Buffer.from(value, 'base64'))
  return { algorithm, type, value: `${await digestInBase64(hasher)}-${parts.length}` }
}

/** CRCs are linear: the CRC of a whole is the CRC of its first part, shifted by the length of the rest, combined with that of the rest. */
function combine (parts: readonly PartChecksum[], algorithm: Linear): string {
  const field = fieldOf(algorithm)
  const shifts = new Map<number, bigint>() // nearly all parts have the same size
  let sum = 0n
  for (const { size, value } of parts) {
    const shift = shifts.get(size) ?? field.shiftBy(size)
    shifts.set(size, shift)
    sum = field.multiply(shift, sum) ^ BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`)
  }
  return Buffer.from(sum.toString(16).padStart(CHECKSUMS[algorithm].bytes * 2, '0'), 'hex').toString('base64')
}

/** Polynomials over two elements, modulo that of a CRC. */
function fieldOf (algorithm: Linear): { multiply (a: bigint, b: bigint): bigint, shiftBy (bytes: number): bigint } {
  const polynomial = POLYNOMIALS[algorithm]
  const one = 1n << BigInt(CHECKSUMS[algorithm].bytes * 8 - 1)
  function multiply (a: bigint, b: bigint): bigint {
    let product = 0n
    for (let bit = one; bit > 0n; bit >>= 1n) {
      if (a & bit) product ^= b
      b = (b & 1n) ? (b >> 1n) ^ polynomial : b >> 1n
    }
    return product
  }
  return {
    multiply,
    shiftBy (bytes) {
      let shift = one
      let power = one >> 8n
      for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
        if (left % 2 === 1) shift = multiply(shift, power)
        power = multiply(power, power)
      }
      return shift
    },
  }
}
