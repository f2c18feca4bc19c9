import { ImageNotFound } from '../../aws/face-analyser.ts'
import type { ObjectStore } from '../../aws/object-store.ts'

const UPLOADS = 'faces/'

/** Where what is uploaded as the stored face of a registration lies, in the default bucket. */
export const uploadFolder = (registrationId: string) => `${UPLOADS}${registrationId}/`

/**
 * Keeps a user from naming what was uploaded for another registration; everything else in the object store is for
 * everybody who may verify a face.
 *
 * @param access.registrationId  what the image is for; `undefined` for a registration that is only being made
 * @param access.onlyOf          the user who asks; `undefined` for whoever may name any image
 * @throws {@link ImageNotFound} (404), whether or not it is there
 */
export function requireReachable (objects: ObjectStore, image: string, access: { registrationId?: string, onlyOf: string | undefined }): void {
  if (access.onlyOf === undefined) return
  const { bucket, key } = objects.parse(image)
  const isUpload = key.startsWith(UPLOADS) && bucket === objects.parse(UPLOADS).bucket
  const isOwn = access.registrationId !== undefined && key.startsWith(uploadFolder(access.registrationId))
  if (isUpload && !isOwn) throw new ImageNotFound(`s3://${bucket}/${key}`)
}
