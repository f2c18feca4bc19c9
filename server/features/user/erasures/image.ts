import { deleteKey, deleteKeys } from '../../../aws/delete-keys.ts'
import { queryPages } from '../../../aws/query-pages.ts'
import type { Config } from '../../../config.ts'
import { originalsOf, processedOf } from '../../../core/object-folders.ts'
import type { Dependencies } from '../../feature.ts'
import { createExpiries } from '../../image/repositories/expiries.ts'
import { PROFILE_ID } from '../../image/repositories/profiles.ts'
import { USER_IMAGES } from '../../image/tables.ts'
import type { Erasure } from './erasure.ts'

/**
 * The profile first, so that nothing has to be counted; then the images, also those that have expired, and the entries of
 * their lifetimes; then the objects. A worker that is about to store a processed image finds its item gone, and deletes it.
 */
export function imageErasure ({ tables: { images: table } }: Config['image'], { aws: { documents }, objects }: Pick<Dependencies, 'aws' | 'objects'>): Erasure {
  const expiries = createExpiries({ documents, table })
  return {
    name: 'image',
    async pass (userId) {
      const profiles = await deleteKey(documents, table, { imageId: PROFILE_ID, userId })
      let images = 0
      for await (const page of queryPages(documents, { table, index: USER_IMAGES, hash: ['userId', userId], names: ['imageId', 'userId'] })) {
        await deleteKeys(documents, table, page)
        images += page.length
      }
      let lifetimes = 0
      for await (const page of expiries.ofUser(userId)) {
        await deleteKeys(documents, table, page.map(expiries.keyOf))
        lifetimes += page.length
      }
      const files = await objects.deleteFolder(originalsOf(userId)) + await objects.deleteFolder(processedOf(userId))
      return { profiles, images, lifetimes, files }
    },
  }
}
