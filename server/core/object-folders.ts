import { keyPart } from './ids.ts'

/** Folders of the default bucket for uploads, and objects made from them. The folder's name has its owner. */

/** The originals of a user's images. */
export const originalsOf = (userId: string) => `uploads/${keyPart(userId)}/`
/** Objects made from them. */
export const processedOf = (userId: string) => `processed/${keyPart(userId)}/`
/** Uploads of the stored face of a registration. */
export const storedFacesOf = (registrationId: string) => `faces/${keyPart(registrationId)}/`

const FOLDERS = ['uploads/', 'processed/', 'faces/']

/** Whether a key is in a user's folder, so that no other user may read it. */
export const isSomebodys = (key: string): boolean => FOLDERS.some((folder) => key.startsWith(folder))
