import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { onlyOf } from '../../../auth/user.ts'
import { FaceAnalysisUnavailable, ImageNotFound, ImageTooLarge, InvalidImage } from '../../../aws/face-analyser.ts'
import { StoreBusy, ValidationFailed } from '../../../core/errors.ts'
import { errorResponses, success } from '../../../core/schemas.ts'
import { NoFaceFound, RegistrationCancelled, RegistrationNotFound, SeveralFacesFound, UploadMissing } from '../errors.ts'
import { REGISTRATION } from '../examples.ts'
import type { Face } from '../face.ts'
import { imageFormatOf, type ImageFormat } from '../image-format.ts'
import { FaceImageSchema, RegistrationParamsSchema, RegistrationSchema } from '../schemas.ts'
import { answer } from './answer.ts'

const STORED = 'Face stored successfully'

/** For the documentation: the parts of an upload are read in the handler, and its body is null until then. */
const UploadSchema = Type.Unsafe<null>({
  type: ['object', 'null'],
  properties: { file: { type: 'string', contentMediaType: 'image/jpeg', description: 'A JPEG or PNG image of up to 15 MB that shows one face' } },
  required: ['file'],
})

const { registrationId } = REGISTRATION
const image = 's3://sandtable/demo/ada.jpg'

/** The reference image of a registration. */
export const storedFaceRoutes: FastifyPluginAsyncTypebox<{ face: Face, uploads: FastifyPluginAsync }> = async (api, { face: { registrationService }, uploads }) => {
  await api.register(uploads)
  api.post('/registrations/:registrationId/stored-face', {
    schema: {
      summary: 'Store the reference face',
      description: 'Uploads an image (multipart/form-data, the part `file`), or names one in the object store (JSON). It must show ' +
        'exactly one face. Access pattern: set the stored face. One GetItem, DetectFaces, one conditional UpdateItem; an upload is one ' +
        'PutObject more, and one DeleteObject if it is refused or replaces another.',
      tags: ['registrations'],
      consumes: ['application/json', 'multipart/form-data'],
      params: RegistrationParamsSchema,
      body: { content: { 'application/json': { schema: FaceImageSchema }, 'multipart/form-data': { schema: UploadSchema } } },
      response: {
        200: success(RegistrationSchema, { message: STORED, data: REGISTRATION }),
        ...errorResponses(
          new ValidationFailed([{ path: 'body.faceImageKey', reason: 'is required' }]), new UploadMissing(), new InvalidImage('ada.txt'),
          new NoFaceFound(image), new SeveralFacesFound(image, 6), new RegistrationNotFound(registrationId), new ImageNotFound(image),
          new RegistrationCancelled(registrationId), new ImageTooLarge(image), 415, new StoreBusy('Table event-registrations'),
          new FaceAnalysisUnavailable()
        ),
      },
    },
  }, async (request) => {
    const asked = { registrationId: request.params.registrationId, onlyOf: onlyOf(request.user) }
    if (request.isMultipart()) return answer(STORED, await registrationService.uploadStoredFace(asked, await readUpload(request)))
    const { faceImageKey } = request.body as Static<typeof FaceImageSchema> // JSON has passed its schema
    return answer(STORED, await registrationService.nameStoredFace(asked, faceImageKey))
  })
}

/** The one image of an upload, recognized by its first bytes. */
async function readUpload (request: FastifyRequest): Promise<{ bytes: Buffer, format: ImageFormat }> {
  const uploads: { bytes: Buffer, filename: string }[] = []
  for await (const part of request.parts()) {
    // Read in any case: an unread part blocks the parts behind it.
    const bytes = part.type === 'file' ? await part.toBuffer() : undefined
    if (!bytes || part.type !== 'file' || part.fieldname !== 'file') throw new UploadMissing()
    uploads.push({ bytes, filename: part.filename })
  }
  const [upload] = uploads
  if (!upload) throw new UploadMissing()
  const format = imageFormatOf(upload.bytes)
  if (!format) throw new InvalidImage(upload.filename)
  return { bytes: upload.bytes, format }
}
