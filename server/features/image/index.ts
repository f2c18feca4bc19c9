import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ApiError } from '../../core/errors.ts'
import type { Dependencies } from '../feature.ts'
import { createImagePlatform, type ImagePlatformOptions } from './image-platform.ts'
import { batchRoutes } from './routes/batch.ts'
import { contentRoutes } from './routes/content.ts'
import { eventRoutes } from './routes/events.ts'
import { imageRoutes } from './routes/images.ts'
import { listRoutes } from './routes/lists.ts'
import { profileRoutes } from './routes/profile.ts'
import { uploadRoutes } from './routes/upload.ts'

export interface ImageFeatureOptions extends Omit<ImagePlatformOptions, 'onError'>, Pick<Dependencies, 'pageTokens' | 'uploads'> {}

/** Images: uploaded, processed, listed, with their owners' profiles (seed 002). */
export const imageFeature: FastifyPluginAsyncTypebox<ImageFeatureOptions> = async (api, { pageTokens, uploads, ...options }) => {
  const platform = createImagePlatform({
    ...options,
    onError (err, imageId) {
      const level = err instanceof ApiError ? 'warn' : 'error'
      api.log[level]({ err, imageId }, 'image processing')
    },
  })
  // Interrupted work is resumed by a server that listens, not by an application that is only built.
  api.addHook('onListen', async () => {
    void platform.worker.start()
    if (options.config.workers > 0) platform.expiryService.start()
  })
  api.addHook('onClose', async () => { await Promise.all([platform.worker.close(), platform.expiryService.close()]) })

  await api.register(uploadRoutes, { platform, uploads, maxPixels: options.config.maxPixels })
  await api.register(imageRoutes, { platform })
  await api.register(contentRoutes, { platform, objects: options.objects })
  await api.register(eventRoutes, { platform })
  await api.register(listRoutes, { platform, pageTokens })
  await api.register(batchRoutes, { platform })
  await api.register(profileRoutes, { platform })
}
