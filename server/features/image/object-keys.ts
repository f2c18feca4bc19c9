import { originalsOf, processedOf } from '../../core/object-folders.ts'
import type { Image, ImageKey, ImageType } from './schemas.ts'

const ENDINGS: Readonly<Record<ImageType, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' }

/** Made of ids alone: nothing that a client calls its file gets into a key. */
export const originalKey = ({ imageId, userId }: ImageKey, type: ImageType) => `${originalsOf(userId)}${imageId}.${ENDINGS[type]}`

/** One place for an image, so that it is not processed into two. */
export const processedKey = ({ imageId, userId, originalFileType }: ImageKey & Pick<Image, 'originalFileType'>) =>
  `${processedOf(userId)}${imageId}.${ENDINGS[originalFileType]}`
