import type { FromShape } from '../../core/protocol/shape.ts'
import { FACE_MODEL_VERSION } from '../faces/answers.ts'
import type { RekognitionOperation } from '../context.ts'
import { pageOf } from '../collections/paging.ts'
import { pageMembers } from '../shapes.ts'

const types = { type: 'structure', members: pageMembers } as const

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_ListCollections.html */
export const listCollections: RekognitionOperation<FromShape<typeof types>> = {
  types,
  run (input, ctx) {
    const scope = [ctx.account, ctx.region]
    const { items, NextToken } = pageOf(ctx.collections.list(), input, { scope, limits: ctx.limits })
    ctx.notes.items = items.length
    return { CollectionIds: items.map(({ id }) => id), FaceModelVersions: items.map(() => FACE_MODEL_VERSION), NextToken }
  },
}
