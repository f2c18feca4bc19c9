import type { FromShape } from '../../core/protocol/shape.ts'
import { FACE_MODEL_VERSION, faceDetail, inFloats, storedFace } from '../faces/answers.ts'
import { noteCollection, type RekognitionOperation } from '../context.ts'
import type { Face } from '../faces/face.ts'
import type { Limits, QualityFilter } from '../limits.ts'
import { faultsOf, type LowQuality } from '../faces/quality.ts'
import { AttributesShape, CollectionIdShape, ImageShape, QualityFilterShape } from '../shapes.ts'

const types = {
  type: 'structure',
  members: {
    CollectionId: CollectionIdShape,
    Image: ImageShape,
    ExternalImageId: { type: 'string', min: 1, max: 255, pattern: '[a-zA-Z0-9_.\\-:]+' },
    DetectionAttributes: AttributesShape,
    MaxFaces: { type: 'integer', min: 1 },
    QualityFilter: QualityFilterShape,
  },
  required: ['CollectionId', 'Image'],
} as const

/**
 * https://docs.aws.amazon.com/rekognition/latest/APIReference/API_IndexFaces.html
 * The orientation correction, which AWS always leaves null, is left out. Faces that are already in the collection are returned
 * with their existing ids.
 */
export const indexFaces: RekognitionOperation<FromShape<typeof types>> = {
  types,
  async run (input, ctx) {
    const { CollectionId: id, Image: image, DetectionAttributes: attributes = [], QualityFilter: filter = 'AUTO', MaxFaces: most = Infinity } = input
    noteCollection(ctx, id, image)
    ctx.collections.get(id)
    const { faces, sha256 } = await ctx.analyser.look(image, ctx.account)
    const { indexed, unindexed } = choose(faces, { filter, most, limits: ctx.limits })
    ctx.notes.items = indexed.length
    // Looked up again, since the collection may have been deleted while the picture was analysed.
    const stored = await ctx.collections.get(id).add(indexed.map(({ detail, identity }) => ({
      imageId: asUuid(sha256),
      externalImageId: input.ExternalImageId,
      boundingBox: detail.BoundingBox,
      confidence: detail.Confidence,
      identity,
    })), ctx.limits.maxFacesPerCollection)
    return inFloats({
      FaceRecords: stored.map((face, i) => ({ Face: storedFace(face), FaceDetail: faceDetail(indexed[i]!.detail, attributes) })),
      FaceModelVersion: FACE_MODEL_VERSION,
      UnindexedFaces: unindexed.map(({ face, reasons }) => ({ Reasons: reasons, FaceDetail: faceDetail(face.detail, attributes) })),
    })
  },
}

interface Unindexed { face: Face, reasons: Array<LowQuality | 'EXCEEDS_MAX_FACES'> }

/** Leaves out faces that do not pass the filter, and those beyond MaxFaces: faces of low quality first, then the smallest. */
function choose (
  faces: readonly Face[], { filter, most, limits }: { filter: QualityFilter, most: number, limits: Limits }
): { indexed: Face[], unindexed: Unindexed[] } {
  const good = faces.filter(({ detail }) => faultsOf(detail, 'AUTO', limits).length === 0)
  const passing = faces.filter(({ detail }) => faultsOf(detail, filter, limits).length === 0)
  const chosen = new Set([...passing.filter((face) => good.includes(face)), ...passing.filter((face) => !good.includes(face))].slice(0, most))
  return {
    indexed: faces.filter((face) => chosen.has(face)),
    unindexed: faces.filter((face) => !chosen.has(face)).map((face) => {
      const faults = faultsOf(face.detail, filter, limits)
      return { face, reasons: faults.length > 0 ? faults : ['EXCEEDS_MAX_FACES'] }
    }),
  }
}

/** An image's id is derived from its bytes, so that it is the same in every collection. */
function asUuid (hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
