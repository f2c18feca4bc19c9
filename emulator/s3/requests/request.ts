import type { PostForm } from '../forms/post-form.ts'
import type { Signer } from './authentication.ts'

/** A request as S3's operations see it, with its resource and its caller. */
export interface S3Request {
  readonly method: string
  /** Empty for a request about the service. */
  readonly bucket: string
  /** Empty for a request about a bucket. */
  readonly key: string
  /** Names in lower case, including headers that a presigned request has in its query. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly query: URLSearchParams
  readonly body: AsyncIterable<Uint8Array>
  readonly signer: Signer
  /** The form of an upload from a page, whose fields are also the headers. */
  readonly form?: PostForm & { readonly address: string }
}
