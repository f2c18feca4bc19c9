import { ImageNotFound } from '../../aws/face-analyser.ts'
import type { ObjectStore } from '../../aws/object-store.ts'
import { isSomebodys, originalsOf, processedOf, storedFacesOf } from '../../core/object-folders.ts'

/**
 * Prevents a user from naming an upload for another registration, or of another user; all other objects may be used by
 * everyone who may verify a face.
 * @param access.registrationId  the registration of the image; `undefined` for a registration that is just being created
 * @param access.onlyOf          the caller; `undefined` for one who may name any image
 * @throws {@link ImageNotFound} (404), whether or not it exists
 */
export function requireReachable (objects: ObjectStore, image: string, { registrationId, onlyOf }: { registrationId?: string, onlyOf: string | undefined }): void {
  if (onlyOf === undefined) return
  const { bucket, key } = objects.parse(image)
  if (bucket !== objects.parse(key).bucket || !isSomebodys(key)) return
  const own = [originalsOf(onlyOf), processedOf(onlyOf), ...registrationId === undefined ? [] : [storedFacesOf(registrationId)]]
  if (!own.some((folder) => key.startsWith(folder))) throw new ImageNotFound(`s3://${bucket}/${key}`)
}
