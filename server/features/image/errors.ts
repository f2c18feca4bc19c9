import { apiError } from '../../core/errors.ts'

export const ImageNotFound = apiError('IMAGE_NOT_FOUND', 'No image found for imageId: %s', 404)
export const ProfileNotFound = apiError('PROFILE_NOT_FOUND', 'No profile found for userId: %s', 404)
export const StatusConflict = apiError('STATUS_CONFLICT', 'Image %s is %s. A status goes from pending to processing, and from there to completed or failed', 409)
export const ImageContended = apiError('IMAGE_CONTENDED', 'Image %s is being changed by others', 503, { 'retry-after': '1' })
export const NotProcessed = apiError('NOT_PROCESSED', 'Image %s is %s. It can be had processed when it is completed', 409)
export const ObjectGone = apiError('OBJECT_GONE', 'The %s of image %s is not in the object store', 404)

export const UploadMissing = apiError('UPLOAD_MISSING', 'The upload must have exactly one file, named "file"', 400)
export const NotAnImage = apiError('NOT_AN_IMAGE', '%s is not an image that can be processed: JPEG, PNG and WebP are, if they are not animated', 400)
export const TooManyPixels = apiError('TOO_MANY_PIXELS', 'The image is %s x %s pixels; it may have %s megapixels', 422)
