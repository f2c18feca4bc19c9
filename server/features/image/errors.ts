import { apiError } from '../../core/errors.ts'

export const ImageNotFound = apiError('IMAGE_NOT_FOUND', 'No image found for imageId: %s', 404)
export const ProfileNotFound = apiError('PROFILE_NOT_FOUND', 'No profile found for userId: %s', 404)
export const StatusConflict = apiError('STATUS_CONFLICT', 'Image %s is %s. A status goes from pending to processing, and from there to completed or failed', 409)
export const ImageContended = apiError('IMAGE_CONTENDED', 'Image %s is being changed by another request', 503, { 'retry-after': '1' })
export const NotProcessed = apiError('NOT_PROCESSED', 'Image %s is %s. The processed image exists once it is completed', 409)
export const ObjectGone = apiError('OBJECT_GONE', 'The %s of image %s is not in the object store', 404)

export const UploadMissing = apiError('UPLOAD_MISSING', 'The upload must have exactly one file, named "file"', 400)
export const NotAnImage = apiError('NOT_AN_IMAGE', '%s cannot be processed: it must be JPEG, PNG or WebP, and not animated', 400)
export const TooManyPixels = apiError('TOO_MANY_PIXELS', 'The image is %s x %s pixels; the limit is %s megapixels', 422)
