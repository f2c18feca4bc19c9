import { toXml } from '../../core/protocol/xml.ts'
import { noteKey, openBucket } from '../buckets/bucket-access.ts'
import { entityTooLarge, entityTooSmall, incorrectFileCount, invalidArgument, missingFormKey } from '../errors.ts'
import { checkPostPolicy, readPostPolicy } from '../forms/post-policy.ts'
import { CHECKSUMS, DEFAULT_CHECKSUM, digestInBase64 } from '../objects/checksums.ts'
import { checkMetadata, ENCRYPTION_HEADERS, etagHeader, keptOf, objectMembers } from '../objects/object-headers.ts'
import { versionHeader } from '../objects/version-access.ts'
import type { S3Operation } from '../operation.ts'
import { objectOptions } from '../requests/refusals.ts'
import { onObject, refuseHeaders, type Member, type S3Shape } from '../requests/shape.ts'
import type { S3Request } from '../requests/request.ts'
import { tagsProperty, taggingField } from '../tagging/tags.ts'
import { LIMITLESS } from '../forms/size-range.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
// An upload from an HTML form. The form's policy, which its signature covers, says what may be uploaded.

/** The fields of the form; they are read like the headers of PutObject. */
const form: Member<NonNullable<S3Request['form']>> = {
  source: { part: 'body' },
  read ({ form }) {
    if (!form) throw new TypeError('The request is no form') // routing has seen to it
    return form
  },
}

const types = {
  members: { ...onObject, ...objectMembers, Tagging: taggingField, Form: form },
  refused: [...objectOptions, ...refuseHeaders('content-md5', ...Object.keys(CHECKSUMS).map((name) => `x-amz-checksum-${name.toLowerCase()}`))],
} satisfies S3Shape

export const postObject: S3Operation<typeof types> = {
  types,
  custom (input, ctx) {
    const { fields, file } = input.Form
    if (fields['key'] === undefined) throw missingFormKey()
    if (!file) throw incorrectFileCount()
    if (input.Key === '') throw invalidArgument('User key must have a length greater than 0.', 'key', '')
    if (fields['policy'] !== undefined) {
      checkPostPolicy(readPostPolicy(fields['policy']), { ...fields, key: input.Key, bucket: input.Bucket }, ctx.startedAt)
    }
    checkMetadata(input.Metadata, ctx.limits.metadataBytes)
  },
  async run (input, ctx) {
    const { Bucket, Key: key, Form: { fields, file, address } } = input
    noteKey(input, ctx)
    const bucket = openBucket(input, ctx)
    const { min, max } = (fields['policy'] === undefined ? undefined : readPostPolicy(fields['policy']).length) ?? LIMITLESS
    const md5 = CHECKSUMS.MD5.create()
    const hasher = CHECKSUMS[DEFAULT_CHECKSUM].create()
    const limit = Math.min(max, ctx.limits.objectBytes)
    let size = 0
    async function * bytes (): AsyncGenerator<Uint8Array> {
      for await (const piece of file!.bytes) { // `custom` has seen it
        size += piece.length
        if (size > limit) continue // counted for the error, never stored
        md5.update(piece)
        hasher.update(piece)
        yield piece
      }
      if (size > limit) throw entityTooLarge(size, limit)
      if (size < min) throw entityTooSmall(size, min)
    }
    const content = await ctx.store.contents.write(bytes())
    const etag = Buffer.from(await md5.digest()).toString('hex')
    const checksum = { algorithm: DEFAULT_CHECKSUM, value: await digestInBase64(hasher), type: 'FULL_OBJECT' } as const
    ctx.notes.bytes = size
    const stored = await ctx.store.putObject(Bucket,
      { key, size, etag, lastModified: ctx.startedAt, ...keptOf(input), ...tagsProperty(input.Tagging), checksum, pieces: [{ content, size }] })
    ctx.store.announce(bucket, { name: 'ObjectCreated:Post', key, at: ctx.startedAt, version: stored, request: ctx })
    const location = `${address}/${encodeURIComponent(key)}`
    const headers = { ...etagHeader(stored), location, ...ENCRYPTION_HEADERS, ...versionHeader(bucket, stored) }
    const redirect = redirection(fields['success_action_redirect'] ?? fields['redirect'], { bucket: Bucket, key, etag: `"${etag}"` })
    if (redirect !== undefined) return { status: 303, headers: { ...headers, location: redirect } }
    switch (fields['success_action_status']) {
      case '200': return { status: 200, headers }
      case '201': return { status: 201, headers, xml: toXml('PostResponse', { Location: location, Bucket, Key: key, ETag: `"${etag}"` }) }
      default: return { status: 204, headers }
    }
  },
}

/** A URL that cannot be read counts as missing. */
function redirection (url: string | undefined, about: Record<string, string>): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const target = new URL(url)
  for (const [name, value] of Object.entries(about)) target.searchParams.append(name, value)
  return target.href
}
