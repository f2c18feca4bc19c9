import { createHash } from 'node:crypto'
import type { CredentialProblem } from '../core/credentials.ts'
import { AwsError } from '../core/errors.ts'
import type { RestXmlErrors } from '../core/protocol/rest-xml.ts'
import { toXml, type XmlElements } from '../core/protocol/xml.ts'

/** An error of S3: its details are elements of the body, and some have headers. */
export class S3Error extends AwsError {
  readonly headers: Readonly<Record<string, string>>

  constructor (code: string, status: number, message: string, details: Record<string, string | number> = {}, headers: Record<string, string> = {}) {
    super(code, status, message, details)
    this.headers = headers
  }
}

// Buckets

export const noSuchBucket = (bucket: string): S3Error =>
  new S3Error('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: bucket })

export const invalidBucketName = (bucket: string): S3Error =>
  new S3Error('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: bucket })

export const bucketAlreadyOwnedByYou = (bucket: string): S3Error =>
  new S3Error('BucketAlreadyOwnedByYou', 409, 'Your previous request to create the named bucket succeeded and you already own it.', { BucketName: bucket })

export const bucketNotEmpty = (bucket: string): S3Error =>
  new S3Error('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty', { BucketName: bucket })

export const tooManyBuckets = (): S3Error =>
  new S3Error('TooManyBuckets', 400, 'You have attempted to create more buckets than allowed')

export const illegalLocationConstraint = (constraint: string | undefined): S3Error =>
  new S3Error('IllegalLocationConstraintException', 400,
    `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`)

export const invalidLocationConstraint = (constraint: string): S3Error =>
  new S3Error('InvalidLocationConstraint', 400, 'The specified location-constraint is not valid', { LocationConstraint: constraint })

export const invalidBucketOwner = (owner: string): S3Error =>
  new S3Error('InvalidBucketOwnerAWSAccountID', 400, `The value of the expected bucket owner parameter must be an AWS Account ID... [${owner}]`)

export const invalidBucketAcl = (): S3Error =>
  new S3Error('InvalidBucketAclWithObjectOwnership', 400, 'Bucket cannot have ACLs set with ObjectOwnership\'s BucketOwnerEnforced setting')

/** A request signed for another region than the bucket's; S3 names the right one, and some SDKs then sign again for it. */
export const wrongRegion = (signed: string, right: string): S3Error =>
  new S3Error('AuthorizationHeaderMalformed', 400, `The authorization header is malformed; the region '${signed}' is wrong; expecting '${right}'`,
    { Region: right }, { 'x-amz-bucket-region': right })

export const invalidDestination = (arn: string): S3Error =>
  new S3Error('InvalidArgument', 400, 'Unable to validate the following destination configurations', { ArgumentName1: arn, ArgumentValue1: 'The destination Lambda function does not exist' })

// Objects

/** @param headers  say that the key was deleted */
export const noSuchKey = (key: string, headers?: Record<string, string>): S3Error =>
  new S3Error('NoSuchKey', 404, 'The specified key does not exist.', { Key: key }, headers)

export const noSuchVersion = (key: string, versionId: string): S3Error =>
  new S3Error('NoSuchVersion', 404, 'The specified version does not exist.', { Key: key, VersionId: versionId })

/** A delete marker can only be deleted. */
export const isDeleteMarker = (headers: Record<string, string>): S3Error =>
  new S3Error('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', { ResourceType: 'DeleteMarker' }, headers)

export const sourceIsDeleteMarker = (): S3Error => invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.')

export const keyTooLong = (bytes: number, max: number): S3Error =>
  new S3Error('KeyTooLongError', 400, 'Your key is too long', { Size: bytes, MaxSizeAllowed: max })

export const entityTooLarge = (bytes: number, max: number): S3Error =>
  new S3Error('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', { ProposedSize: bytes, MaxSizeAllowed: max })

export const metadataTooLarge = (bytes: number, max: number): S3Error =>
  new S3Error('MetadataTooLarge', 400, 'Your metadata headers exceed the maximum allowed metadata size', { Size: bytes, MaxSizeAllowed: max })

export const headersTooLarge = (max: number): S3Error =>
  new S3Error('RequestHeaderSectionTooLarge', 400, 'Your request header section exceeds the maximum allowed size.', { MaxSizeAllowed: max })

export const preconditionFailed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold', { Condition: condition })

export const invalidRange = (range: string, size: number): S3Error =>
  new S3Error('InvalidRange', 416, 'The requested range is not satisfiable', { RangeRequested: range, ActualObjectSize: size },
    { 'content-range': `bytes */${size}` })

export const copyToItself = (): S3Error => invalidRequest(
  'This copy request is illegal because it is trying to copy an object to itself without changing the object\'s metadata, storage class, website redirect location or encryption attributes.')

export const copySourceTooLarge = (max: number): S3Error =>
  invalidRequest(`The specified copy source is larger than the maximum allowable size for a copy source: ${max}`)

export const invalidStorageClass = (): S3Error =>
  new S3Error('InvalidStorageClass', 400, 'The storage class you specified is not valid')

export const aclNotSupported = (): S3Error =>
  new S3Error('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs')

// Uploads

export const missingContentLength = (): S3Error =>
  new S3Error('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.')

export const bodyEndedEarly = (): S3Error =>
  new S3Error('IncompleteBody', 400, 'The request body terminated unexpectedly')

export const wrongLength = (expected: number, provided: number): S3Error =>
  new S3Error('IncompleteBody', 400, 'You did not provide the number of bytes specified by the Content-Length HTTP header',
    { NumberBytesExpected: expected, NumberBytesProvided: provided })

export const chunkTooSmall = (chunk: number, bytes: number, min: number): S3Error =>
  new S3Error('InvalidChunkSizeError', 403, `Only the last chunk is allowed to have a size less than ${min} bytes`, { Chunk: chunk, BadChunkSize: bytes })

export const malformedTrailer = (): S3Error =>
  new S3Error('MalformedTrailerError', 400, 'The request contained trailing data that was not well-formed or did not conform to our published schema.')

export const invalidDigest = (md5: string): S3Error =>
  new S3Error('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.', { 'Content-MD5': md5 })

/** AWS shows the expected value in hex and the found one in base64. */
export const badMd5 = (expectedHex: string, calculatedBase64: string): S3Error =>
  new S3Error('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.',
    { ExpectedDigest: expectedHex, CalculatedDigest: calculatedBase64 })

export const badChecksum = (algorithm: string): S3Error =>
  new S3Error('BadDigest', 400, `The ${algorithm} you specified did not match the calculated checksum.`)

export const contentSha256Mismatch = (given: string, computed: string): S3Error =>
  new S3Error('XAmzContentSHA256Mismatch', 400, 'The provided \'x-amz-content-sha256\' header does not match what was computed.',
    { ClientComputedContentSHA256: given, S3ComputedContentSHA256: computed })

export const malformedXml = (): S3Error =>
  new S3Error('MalformedXML', 400, 'The XML you provided was not well-formed or did not validate against our published schema')

export const documentTooLarge = (max: number): S3Error =>
  new S3Error('MaxMessageLengthExceeded', 400, 'Your request was too big.', { MaxMessageLengthBytes: max })

// Configuration

export const noSuchTagSet = (bucket: string): S3Error => new S3Error('NoSuchTagSet', 404, 'The TagSet does not exist', { BucketName: bucket })

export const noSuchCorsConfiguration = (bucket: string): S3Error =>
  new S3Error('NoSuchCORSConfiguration', 404, 'The CORS configuration does not exist', { BucketName: bucket })

export const noSuchBucketPolicy = (bucket: string): S3Error =>
  new S3Error('NoSuchBucketPolicy', 404, 'The bucket policy does not exist', { BucketName: bucket })

export const noSuchLifecycle = (bucket: string): S3Error =>
  new S3Error('NoSuchLifecycleConfiguration', 404, 'The lifecycle configuration does not exist', { BucketName: bucket })

export const malformedPolicy = (message: string): S3Error => new S3Error('MalformedPolicy', 400, message)

export const policyTooLarge = (): S3Error => new S3Error('PolicyTooLarge', 400, 'Policy exceeds the maximum allowed document size.')

export const illegalVersioning = (): S3Error =>
  new S3Error('IllegalVersioningConfigurationException', 400, 'The Versioning element must be specified')

// Tags

export const badRequest = (message: string): S3Error => new S3Error('BadRequest', 400, message)

export const invalidTag = (message: string, details: { TagKey: string, TagValue?: string }): S3Error => new S3Error('InvalidTag', 400, message, { ...details })

// Forms

export const notAForm = (): S3Error => preconditionFailed('Bucket POST must be of the enclosure-type multipart/form-data')

export const malformedForm = (): S3Error =>
  new S3Error('MalformedPOSTRequest', 400, 'The body of your POST request is not well-formed multipart/form-data.')

export const formFieldsTooLarge = (): S3Error =>
  new S3Error('MaxPostPreDataLengthExceeded', 400, 'Your POST request fields preceding the upload file were too large.')

export const missingFormKey = (): S3Error =>
  invalidArgument('Bucket POST must contain a field named \'key\'.  If it is specified, please check the order of the fields.', 'key', '')

export const incorrectFileCount = (): S3Error => invalidArgument('POST requires exactly one file upload per request.', 'file', '0')

export const invalidPolicyDocument = (reason: string): S3Error => new S3Error('InvalidPolicyDocument', 400, `Invalid Policy: ${reason}`)

export const invalidAccordingToPolicy = (reason: string): S3Error => accessDenied({}, `Invalid according to Policy: ${reason}`)

export const entityTooSmall = (bytes: number, min: number): S3Error =>
  new S3Error('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size', { ProposedSize: bytes, MinSizeAllowed: min })

// Multipart uploads

export const noSuchUpload = (uploadId: string): S3Error => new S3Error('NoSuchUpload', 404,
  'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.', { UploadId: uploadId })

export const invalidPart = (part: { uploadId: string, number: number, etag: string }): S3Error => new S3Error('InvalidPart', 400,
  'One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part\'s entity tag.',
  { UploadId: part.uploadId, PartNumber: part.number, ETag: part.etag })

export const invalidPartOrder = (uploadId: string): S3Error => new S3Error('InvalidPartOrder', 400,
  'The list of parts was not in ascending order. Parts must be ordered by part number.', { UploadId: uploadId })

export const partTooSmall = (part: { number: number, etag: string, size: number }, min: number): S3Error =>
  new S3Error('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size',
    { ProposedSize: part.size, MinSizeAllowed: min, PartNumber: part.number, ETag: part.etag })

export const invalidPartNumber = (requested: number, count: number): S3Error =>
  new S3Error('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable', { PartNumberRequested: requested, ActualPartCount: count })

export const checksumMismatch = (expected: string, actual: string | undefined): S3Error => invalidRequest(
  `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual?.toLowerCase() ?? 'null'}`)

// Requests

export const accessDenied = (details: Record<string, string | number> = {}, message = 'Access Denied'): S3Error =>
  new S3Error('AccessDenied', 403, message, details)

/** @param times  ISO 8601 */
export const requestExpired = (times: { expires: string, now: string, seconds?: string }): S3Error => accessDenied({
  ...(times.seconds === undefined ? {} : { 'X-Amz-Expires': times.seconds }), Expires: times.expires, ServerTime: times.now,
}, 'Request has expired')

export const invalidRequest = (message: string): S3Error => new S3Error('InvalidRequest', 400, message)

/** For an operation without a `versionId` parameter. */
export const versionNotAccepted = (versionId: string): S3Error => invalidArgument('This operation does not accept a version-id.', 'versionId', versionId)

export const invalidArgument = (message: string, name: string, value?: string): S3Error =>
  new S3Error('InvalidArgument', 400, message, { ArgumentName: name, ...(value === undefined ? {} : { ArgumentValue: value }) })

export const invalidUri = (uri: string): S3Error =>
  new S3Error('InvalidURI', 400, 'Couldn\'t parse the specified URI.', { URI: uri })

export const methodNotAllowed = (method: string, resourceType: string): S3Error =>
  new S3Error('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', { Method: method, ResourceType: resourceType })

export const corsNotEnabled = (method: string, resourceType: string): S3Error =>
  new S3Error('AccessForbidden', 403, 'CORSResponse: CORS is not enabled for this bucket.', { Method: method, ResourceType: resourceType })

export const corsForbidden = (method: string, resourceType: string): S3Error => new S3Error('AccessForbidden', 403,
  'CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource\'s CORS spec.',
  { Method: method, ResourceType: resourceType })

/** A preflight that does not say what it asks for. */
export const corsInsufficient = (message: string): S3Error => badRequest(message)

export const queryParametersError = (message: string): S3Error => new S3Error('AuthorizationQueryParametersError', 400, message)

const NOT_IMPLEMENTED = 'A header you provided implies functionality that is not implemented'

/** Features that S3 itself does not implement. */
export const headerNotImplemented = (header: string, additionalMessage?: string): S3Error =>
  new S3Error('NotImplemented', 501, NOT_IMPLEMENTED, { Header: header, ...(additionalMessage === undefined ? {} : { additionalMessage }) })

/** Features that S3 has and this emulator does not: the message names them. See GAPS.md. */
export const notEmulated = (what: { operation: string } | { header: string } | { query: string } | { element: string }): S3Error => {
  const [kind, name] = Object.entries(what)[0]!
  return new S3Error('NotImplemented', 501, `${NOT_IMPLEMENTED}: the ${kind} ${name}`, { [kind[0]!.toUpperCase() + kind.slice(1)]: name })
}

const PRESIGNED_PARTS = 'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.'
const SCOPE = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'

/** The bytes of a text in hex, two digits each. */
const bytesOf = (text: string): string => Buffer.from(text).toString('hex').replace(/..(?!$)/g, '$& ')

/** S3's error for a request whose credentials cannot be read. */
export function credentialsRefused (problem: CredentialProblem, authorization: string | undefined, now = 0): S3Error {
  const { accessKeyId = '', token, skewed, stringToSign, canonical, signature } = problem.details ?? {}
  if (token) return new S3Error('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.')
  if (problem.code === 'UnrecognizedClientException') return new S3Error('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.', { AWSAccessKeyId: accessKeyId })
  if (skewed !== undefined) {
    return new S3Error('RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.',
      { RequestTime: skewed, ServerTime: `${new Date(now).toISOString().slice(0, 19)}Z`, MaxAllowedSkewMilliseconds: 900_000 })
  }
  if (stringToSign !== undefined && canonical !== undefined && signature !== undefined) {
    return new S3Error('SignatureDoesNotMatch', 403, 'The request signature we calculated does not match the signature you provided. Check your key and signing method.', {
      AWSAccessKeyId: accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: signature,
      StringToSignBytes: bytesOf(stringToSign),
      // A form has none.
      ...(canonical === '' ? {} : { CanonicalRequest: canonical, CanonicalRequestBytes: bytesOf(canonical) }),
    })
  }
  if (problem.code === 'InvalidSignatureException') {
    return invalidArgument('Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      'Authorization', authorization)
  }
  if (problem.code === 'IncompleteSignatureException') {
    const malformed = problem.message.startsWith('Credential must have')
    return authorization === undefined
      ? queryParametersError(malformed ? `Error parsing the X-Amz-Credential parameter; ${SCOPE}` : PRESIGNED_PARTS)
      : new S3Error('AuthorizationHeaderMalformed', 400, malformed
        ? `The authorization header is malformed; ${SCOPE}`
        : `The authorization header is malformed; ${problem.message.split(' Authorization=')[0]}`)
  }
  if (problem.code === 'ExpiredTokenException') return new S3Error('ExpiredToken', 400, 'The provided token has expired.')
  return authorization === undefined ? accessDenied() : invalidArgument('Unsupported Authorization Type', 'Authorization', authorization)
}

/** Sixteen hexadecimal digits, like S3's request ids. */
export const requestIdOf = (uuid: string): string => uuid.replaceAll('-', '').slice(0, 16).toUpperCase()

/** `x-amz-id-2`, with S3's length; the same for the same request. */
export const hostIdOf = (requestId: string): string =>
  createHash('sha512').update(requestId).digest().subarray(0, 56).toString('base64')

/** Too many requests on one prefix of a bucket. */
export const slowDown = (): S3Error => new S3Error('SlowDown', 503, 'Please reduce your request rate.')

export const internalError = (): S3Error => new S3Error('InternalError', 500, 'We encountered an internal error. Please try again.')

/** Errors of the protocol, and the body of an error. */
export const protocolErrors: RestXmlErrors = {
  internal: internalError,
  answer: (error, requestId) => ({
    status: error.status,
    headers: error instanceof S3Error ? error.headers : {},
    xml: toXml('Error', {
      Code: error.code,
      Message: error.message,
      ...error.details as XmlElements, // S3Error's constructor takes text and numbers only
      RequestId: requestId,
      HostId: hostIdOf(requestId),
    }),
  }),
}
