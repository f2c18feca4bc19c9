import { keyPart } from './ids.ts'

/*
 * Folders of the default bucket that hold what somebody uploaded, or what was made of it. Whose it is, its name tells.
 */

/** The originals of a user's images. */
export const originalsOf = (userId: string) => `uploads/${keyPart(userId)}/`
/** What is made of them. */
export const processedOf = (userId: string) => `processed/${keyPart(userId)}/`
/** What is uploaded as the stored face of a registration. */
export const storedFacesOf = (registrationId: string) => `faces/${keyPart(registrationId)}/`

const FOLDERS = ['uploads/', 'processed/', 'faces/']

/** Whether a key is in anybody's folder, so that nobody else may read it. */
export const isSomebodys = (key: string): boolean => FOLDERS.some((folder) => key.startsWith(folder))
