import type { AwsError } from '../../core/errors.ts'
import { headerValue } from './authentication.ts'
import { DocumentBody } from './document-body.ts'
import { invalidArgument, keyTooLong, notEmulated, versionNotAccepted } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { S3Request } from './request.ts'
import { Upload } from '../uploads/upload.ts'

/** The source of an input member. */
export type Source = { header: string } | { headers: string } | { query: string } | { part: 'bucket' | 'key' | 'body' }

/** One member of an operation's input. */
export interface Member<V = unknown> {
  readonly source: Source
  read (request: S3Request, limits: Limits): V
}

/** A member that S3 honours and this emulator does not. */
export interface Refusal {
  readonly header?: string
  readonly query?: string
  /** Values without effect, in lower case, which are accepted. */
  readonly unless: readonly string[]
  /** The error if AWS itself refuses it. Default: 501, by name. */
  readonly error?: (value: string) => AwsError
}

/**
 * The shape of an operation's input. Members in neither list are ignored, as in S3, except for a
 * `versionId`: S3 rejects it for operations without that parameter.
 */
export interface S3Shape {
  readonly members: Readonly<Record<string, Member>>
  readonly refused?: readonly Refusal[]
}

/** The input that a shape reads. */
export type InputOf<T extends S3Shape> = { [K in keyof T['members']]: T['members'][K] extends Member<infer V> ? V : never }

const bucket: Member<string> = { source: { part: 'bucket' }, read: (request) => request.bucket }

const key: Member<string> = {
  source: { part: 'key' },
  read (request, limits) {
    const bytes = Buffer.byteLength(request.key)
    if (bytes > limits.keyBytes) throw keyTooLong(bytes, limits.keyBytes)
    return request.key
  },
}

/** The body as an object's content or, with a limit, as a document. */
export const upload: Member<Upload> = { source: { part: 'body' }, read: (request, limits) => Upload.from(request, limits) }

export const document: Member<DocumentBody> = { source: { part: 'body' }, read: (request, limits) => new DocumentBody(request, limits) }

export const header = (name: string): Member<string | undefined> => ({ source: { header: name }, read: ({ headers }) => headers[name] })

/** The members of every operation on a bucket, and of every one on an object. */
export const onBucket = { Bucket: bucket, ExpectedBucketOwner: header('x-amz-expected-bucket-owner') }
export const onObject = { ...onBucket, Key: key }

/** An empty query member counts as missing. */
export const query = (name: string): Member<string | undefined> => ({
  source: { query: name },
  read: (request) => request.query.get(name) || undefined,
})

/** A query member that the answer will have as a header. */
export const headerInQuery = (name: string): Member<string | undefined> => ({
  source: { query: name },
  read (request) {
    const value = request.query.get(name)
    return value === null ? undefined : headerValue(name, value)
  },
})

/** All headers with a prefix, by the rest of their names. */
export const headersWith = (prefix: string): Member<Record<string, string>> => ({
  source: { headers: prefix },
  read ({ headers }) {
    return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(prefix) && name !== prefix && value !== undefined ? [[name.slice(prefix.length), value]] : []))
  },
})

/** An integer in a header. */
export const wholeNumberInHeader = (name: string, { min, max }: { min: number, max: number }): Member<number | undefined> => ({
  source: { header: name },
  read ({ headers }) {
    const text = headers[name]
    if (!text) return undefined
    if (/^-?\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text)
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text)
  },
})

/** An integer in the query. */
export const wholeNumber = (queryName: string, { name, min, max }: { name: string, min: number, max: number }): Member<number | undefined> => ({
  source: { query: queryName },
  read ({ query }) {
    const text = query.get(queryName)
    if (!text) return undefined
    if (!/^-?\d{1,10}$/.test(text)) throw invalidArgument(`Provided ${queryName} not an integer or within integer range`, queryName, text)
    const value = Number(text)
    if (value < min || value > max) throw invalidArgument(`Argument ${name} must be an integer between ${min} and ${max}`, queryName, text)
    return value
  },
})

export const refuseHeaders = (...names: string[]): Refusal[] => names.map((header) => ({ header, unless: [] }))
export const refuseQuery = (...names: string[]): Refusal[] => names.map((query) => ({ query, unless: [] }))

/** Reads an input by its shape. Unsupported members are reported before other errors. */
export function readInput (shape: S3Shape, request: S3Request, limits: Limits): Record<string, unknown> {
  for (const { header, query, unless, error } of shape.refused ?? []) {
    const value = header === undefined ? request.query.get(query!) : request.headers[header]
    if (value == null || unless.includes(value.toLowerCase())) continue
    throw error?.(value) ?? notEmulated(header === undefined ? { query: query! } : { header })
  }
  const versionId = request.query.get('versionId')
  if (versionId !== null && shape.members.Bucket && !shape.members.VersionId) throw versionNotAccepted(versionId)
  return Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, member.read(request, limits)]))
}
