import { ImageNotFound } from '../../aws/face-analyser.ts'
import type { ObjectStore } from '../../aws/object-store.ts'
import { isSomebodys, originalsOf, processedOf, storedFacesOf } from '../../core/object-folders.ts'

/**
 * Keeps a user from naming what was uploaded for another registration, or by another user; everything else in the object
 * store is for everybody who may verify a face.
 *
 * @param access.registrationId  what the image is for; `undefined` for a registration that is only being made
 * @param access.onlyOf          the user who asks; `undefined` for a caller who may name any image
 * @throws {@link ImageNotFound} (404), whether or not it is there
 */
export function requireReachable (objects: ObjectStore, image: string, { registrationId, onlyOf }: { registrationId?: string, onlyOf: string | undefined }): void {
  if (onlyOf === undefined) return
  const { bucket, key } = objects.parse(image)
  if (bucket !== objects.parse(key).bucket || !isSomebodys(key)) return
  const own = [originalsOf(onlyOf), processedOf(onlyOf), ...registrationId === undefined ? [] : [storedFacesOf(registrationId)]]
  if (!own.some((folder) => key.startsWith(folder))) throw new ImageNotFound(`s3://${bucket}/${key}`)
}
