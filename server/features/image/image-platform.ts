import type { AwsClients } from '../../aws/clients.ts'
import type { ObjectStore } from '../../aws/object-store.ts'
import type { Config } from '../../config.ts'
import type { Clock } from '../../core/clock.ts'
import { createBulkService } from './bulk-service.ts'
import { createExpiryService } from './expiry-service.ts'
import { createImageService } from './image-service.ts'
import { createPictures } from './processing/pictures.ts'
import { createWorker, type WorkerOptions } from './processing/worker.ts'
import { Progress } from './progress.ts'
import { createBulk } from './repositories/bulk.ts'
import { createExpiries } from './repositories/expiries.ts'
import { createImages } from './repositories/images.ts'
import { createProfiles } from './repositories/profiles.ts'
import { createUploadService } from './upload-service.ts'

export interface ImagePlatformOptions extends Pick<WorkerOptions, 'uploadLimit' | 'isAlone' | 'onError'> {
  config: Config['image']
  aws: Pick<AwsClients, 'documents'>
  clock: Clock
  objects: ObjectStore
}

/** Everything of the feature that is not HTTP, wired together. */
export function createImagePlatform ({ config, aws: { documents }, clock, objects, ...workerOptions }: ImagePlatformOptions) {
  const { tables: { images: table }, maxPixels, workers: slots } = config
  const progress = new Progress()
  const images = createImages({ documents, table, clock })
  const profiles = createProfiles({ documents, table })
  const bulk = createBulk({ documents, table })
  const expiries = createExpiries({ documents, table })
  const expiryService = createExpiryService({ expiries, images, profiles, objects, clock, onError: workerOptions.onError })
  const pictures = createPictures({ maxPixels })
  const worker = createWorker({ images, profiles, objects, pictures, progress, clock, slots, ...workerOptions })
  const onAccepted = worker.offer
  return {
    clock,
    images,
    profiles,
    progress,
    worker,
    expiryService,
    service: createImageService({ images, profiles, expiries, expiryService, objects, progress, clock }),
    bulkService: createBulkService({ bulk, images, profiles, table, clock, onAccepted }),
    uploadService: createUploadService({ images, profiles, objects, clock, onAccepted }),
  }
}

export type ImagePlatform = ReturnType<typeof createImagePlatform>
