import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Dependencies } from '../feature.ts'
import { createFace, type FaceOptions } from './face.ts'
import { registrationRoutes } from './routes/registrations.ts'
import { storedFaceRoutes } from './routes/stored-face.ts'
import { validationRoutes } from './routes/validation.ts'

export { seedFaceDemo } from './demo.ts'
export { faceTables } from './tables.ts'

export interface FaceFeatureOptions extends FaceOptions, Pick<Dependencies, 'pageTokens' | 'uploads'> {}

/** Events, registrations, and faces verified for them, in the design that `FACE_DESIGN` names. */
export const faceFeature: FastifyPluginAsyncTypebox<FaceFeatureOptions> = async (api, { pageTokens, uploads, ...options }) => {
  const face = createFace(options)
  const { answers } = face.measurements
  api.addHook('onResponse', (_request, reply, done) => {
    answers.total += 1
    if (reply.statusCode >= 500) answers.failed += 1
    done()
  })
  await api.register(registrationRoutes, { face, pageTokens })
  await api.register(storedFaceRoutes, { face, uploads })
  await api.register(validationRoutes, { face })
  await face.design.register(api, { pageTokens })
}
