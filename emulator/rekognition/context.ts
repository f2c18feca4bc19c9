import type { Context } from '../core/context.ts'
import type { Operation } from '../core/operation.ts'
import type { StructureShape } from '../core/protocol/shape.ts'
import type { FaceAnalyser } from './faces/face-analyser.ts'
import type { Limits } from './limits.ts'
import type { Image } from './shapes.ts'
import type { CollectionStore } from './collections/store.ts'

/** The context of a Rekognition call. */
export interface RekognitionContext extends Context {
  readonly analyser: FaceAnalyser
  readonly collections: CollectionStore
  readonly limits: Limits
}

export interface RekognitionOperation<I = any, O = object> extends Operation<RekognitionContext, I, O, StructureShape> { // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every input
  readonly types: StructureShape
}

/** Records for the trace which objects a call is about. */
export function noteImages (ctx: RekognitionContext, ...images: Image[]): void {
  const objects = images.flatMap(({ S3Object: object }) => object ?? [])
  if (objects.length === 0) return
  ctx.notes.resource = [...new Set(objects.map(({ Bucket }) => Bucket))].join(',')
  ctx.notes.keys = objects
}

/** Records for the trace which collection a call is about; the objects are its keys. */
export function noteCollection (ctx: RekognitionContext, id: string, ...images: Image[]): void {
  noteImages(ctx, ...images)
  ctx.notes.resource = id
}
