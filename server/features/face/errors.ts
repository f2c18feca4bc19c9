import { apiError } from '../../core/errors.ts'

// Messages of seed 001, to the letter.
export const FaceRecordExists = apiError('FACE_RECORD_EXISTS',
  'User already has a face verification record. Duplicate userId not allowed. Please contact support to reset.', 409)
export const FaceRecordNotFound = apiError('FACE_RECORD_NOT_FOUND', 'No face record found for userId: %s', 404)
/** Errors of the history design, and of its routes. */
export const FaceValidationNotFound = apiError('FACE_VALIDATION_NOT_FOUND', 'No face validation found for userId: %s, registrationId: %s', 404)
export const ComparisonResultsReadOnly = apiError('COMPARISON_RESULTS_READ_ONLY', 'Only admins may change %s. A user may change name and metadata', 403)
export const UserIdRequired = apiError('USER_ID_REQUIRED', 'User ID is required', 400)

export const EventNotFound = apiError('EVENT_NOT_FOUND', 'No event found for eventId: %s', 404)
export const RegistrationNotFound = apiError('REGISTRATION_NOT_FOUND', 'No registration found for registrationId: %s', 404)
export const UserNotRegistered = apiError('USER_NOT_REGISTERED', 'No registration found for userId: %s', 404)
export const AlreadyRegistered = apiError('ALREADY_REGISTERED', 'User %s already has a registration for event %s', 409)
export const RegistrationCancelled = apiError('REGISTRATION_CANCELLED', 'Registration %s is cancelled', 409)
export const RegistrationWaitlisted = apiError('REGISTRATION_WAITLISTED',
  'Registration %s is on the waiting list. A face can be verified once it has a place', 409)
/** Other requests keep changing the same places, and retries did not succeed. */
export const PlacesContended = apiError('PLACES_CONTENDED', 'The places of this event are changing too quickly. Try again', 503, { 'retry-after': '1' })

export const StoredFaceMissing = apiError('STORED_FACE_MISSING',
  'Registration %s has no stored face. Store one with POST /api/registrations/%s/stored-face', 409)
export const StoredFaceUnusable = apiError('STORED_FACE_UNUSABLE',
  'The stored face of registration %s can no longer be compared. Store another with POST /api/registrations/%s/stored-face', 409)

export const NoFaceFound = apiError('NO_FACE_FOUND', '%s shows no face. A stored face must show exactly one', 400)
export const SeveralFacesFound = apiError('SEVERAL_FACES_FOUND', '%s shows %s faces. It must show exactly one', 400)
export const UploadMissing = apiError('UPLOAD_MISSING', 'The upload must have exactly one part, an image, named "file"', 400)
