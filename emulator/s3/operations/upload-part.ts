import { CHECKSUMS, checksumHeader, digestInBase64, hashing } from '../objects/checksums.ts'
import { checksumMismatch } from '../errors.ts'
import { openUpload, partNumber, uploadId } from '../uploads/multipart.ts'
import { ENCRYPTION_HEADERS, etagHeader } from '../objects/object-headers.ts'
import type { S3Operation } from '../operation.ts'
import { customerKeys } from '../requests/refusals.ts'
import { onObject, upload, type S3Shape } from '../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html

const types = {
  members: { ...onObject, UploadId: uploadId, PartNumber: partNumber, Body: upload },
  refused: customerKeys,
} satisfies S3Shape

export const uploadPart: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    const { Body, PartNumber: number } = input
    const { name, upload: { checksum: wanted } } = openUpload(input, ctx)
    // If no algorithm was requested, parts may have any checksum; the full object's checksum needs none from the client.
    const unfit = Body.algorithm === undefined ? wanted.type === 'COMPOSITE' : Body.algorithm !== wanted.algorithm
    if (wanted.asked && unfit) throw checksumMismatch(wanted.algorithm, Body.algorithm)
    const hasher = CHECKSUMS[wanted.algorithm].create()
    const content = await ctx.store.contents.write(hashing(Body.bytes(), [hasher]))
    const { md5: etag, size, checksum } = Body.digest
    const checksums = { [wanted.algorithm]: await digestInBase64(hasher), [checksum.algorithm]: checksum.value }
    ctx.notes.bytes = size
    await ctx.store.uploads.putPart(name, { number, size, etag, lastModified: ctx.startedAt, checksums, content })
    return { headers: { ...etagHeader({ etag }), [checksumHeader(checksum.algorithm)]: checksum.value, ...ENCRYPTION_HEADERS } }
  },
}
