import { deleteKey, deleteKeys } from '../../../aws/delete-keys.ts'
import { queryPages } from '../../../aws/query-pages.ts'
import type { Config } from '../../../config.ts'
import type { Dependencies } from '../../feature.ts'
import { USER_REPORTS_INDEX } from '../../report/tables.ts'
import type { Erasure } from './erasure.ts'

/** K9 users and reports. Embeddings are of products, and name no user. */
export function reportErasure ({ tables }: Config['report'], { aws: { documents } }: Pick<Dependencies, 'aws'>): Erasure {
  return {
    name: 'report',
    async pass (userId) {
      const users = await deleteKey(documents, tables.users, { user_id: userId })
      let reports = 0
      for await (const page of queryPages(documents, { table: tables.reports, index: USER_REPORTS_INDEX, hash: ['user_id', userId], names: ['id'] })) {
        await deleteKeys(documents, tables.reports, page)
        reports += page.length
      }
      return { users, reports }
    },
  }
}
