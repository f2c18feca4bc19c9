import type { AwsClients } from '../../aws/clients.ts'
import type { ObjectStore } from '../../aws/object-store.ts'
import type { Config } from '../../config.ts'
import type { Clock } from '../../core/clock.ts'
import { createEmbeddings } from './repositories/embeddings.ts'
import { createReports } from './repositories/reports.ts'
import { createUsers } from './repositories/users.ts'
import { createSimilarity } from './similarity-service.ts'

export interface ReportOptions {
  config: Config['report']
  aws: Pick<AwsClients, 'documents'>
  clock: Clock
  objects: ObjectStore
}

/** Everything of the feature that is not HTTP, wired together. */
export function createReport ({ config: { tables }, aws: { documents }, clock, objects }: ReportOptions) {
  const embeddings = createEmbeddings(documents, { table: tables.embeddings, clock })
  return {
    /** The time, as items have it. */
    now: () => new Date(clock.now()).toISOString(),
    tables,
    users: createUsers(documents, tables.users),
    reports: createReports(documents, tables.reports),
    embeddings,
    similarity: createSimilarity({ embeddings, objects, clock }),
  }
}

export type ReportParts = ReturnType<typeof createReport>
