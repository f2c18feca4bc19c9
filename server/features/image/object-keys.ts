import { originalsOf, processedOf } from '../../core/object-folders.ts'
import type { Image, ImageKey, ImageType } from './schemas.ts'

const ENDINGS: Readonly<Record<ImageType, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' }

/** Made of ids only: a client's file name is never part of a key. */
export const originalKey = ({ imageId, userId }: ImageKey, type: ImageType) => `${originalsOf(userId)}${imageId}.${ENDINGS[type]}`

/** One key for an image, so that it cannot have two processed objects. */
export const processedKey = ({ imageId, userId, originalFileType }: ImageKey & Pick<Image, 'originalFileType'>) =>
  `${processedOf(userId)}${imageId}.${ENDINGS[originalFileType]}`
