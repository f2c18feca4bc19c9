import type { Context } from '../core/context.ts'
import type { Limits } from './limits.ts'
import type { S3Store } from './storage/store.ts'

/** The context of an S3 call. */
export interface S3Context extends Context {
  /** The caller's own buckets. */
  readonly store: S3Store
  readonly limits: Limits
  /** The region that the request is signed for; `undefined` when its signature names none. */
  readonly signedRegion: string | undefined
}
