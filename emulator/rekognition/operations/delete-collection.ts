import type { FromShape } from '../../core/protocol/shape.ts'
import { noteCollection, type RekognitionOperation } from '../context.ts'
import { CollectionIdShape } from '../shapes.ts'

const types = { type: 'structure', members: { CollectionId: CollectionIdShape }, required: ['CollectionId'] } as const

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DeleteCollection.html */
export const deleteCollection: RekognitionOperation<FromShape<typeof types>> = {
  types,
  async run ({ CollectionId: id }, ctx) {
    noteCollection(ctx, id)
    await ctx.collections.delete(id)
    return { StatusCode: 200 }
  },
}
