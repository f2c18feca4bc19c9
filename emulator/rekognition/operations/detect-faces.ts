import type { FromShape } from '../../core/protocol/shape.ts'
import { faceDetail, inFloats } from '../faces/answers.ts'
import { noteImages, type RekognitionOperation } from '../context.ts'
import { AttributesShape, ImageShape } from '../shapes.ts'

const types = { type: 'structure', members: { Image: ImageShape, Attributes: AttributesShape }, required: ['Image'] } as const

/** https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectFaces.html */
export const detectFaces: RekognitionOperation<FromShape<typeof types>> = {
  types,
  async run ({ Image: image, Attributes: attributes = [] }, ctx) {
    noteImages(ctx, image)
    const faces = await ctx.analyser.facesIn(image, ctx.account)
    ctx.notes.items = faces.length
    return inFloats({ FaceDetails: faces.map(({ detail }) => faceDetail(detail, attributes)) })
  },
}
