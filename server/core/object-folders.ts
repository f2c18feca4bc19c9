import { keyPart } from './ids.ts'

/*
 * Folders of the default bucket that hold uploads, and what was made of them. The folder's name has its owner.
 */

/** The originals of a user's images. */
export const originalsOf = (userId: string) => `uploads/${keyPart(userId)}/`
/** What is made of them. */
export const processedOf = (userId: string) => `processed/${keyPart(userId)}/`
/** What is uploaded as the stored face of a registration. */
export const storedFacesOf = (registrationId: string) => `faces/${keyPart(registrationId)}/`

const FOLDERS = ['uploads/', 'processed/', 'faces/']

/** Whether a key is in a user's folder, so that no other user may read it. */
export const isSomebodys = (key: string): boolean => FOLDERS.some((folder) => key.startsWith(folder))
