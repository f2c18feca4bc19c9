import type { TableDefinition } from './aws/tables.ts'
import type { Config } from './config.ts'
import type { Feature } from './features/feature.ts'
import { features } from './features/index.ts'

/** The tables of all features, or of some. */
export function allTables (config: Config, of: readonly Feature[] = features): TableDefinition[] {
  return of.flatMap((feature) => feature.tables(config))
}

/** The tables of all features, each by the name that the code has for it. */
export const tableNames = ({ face, chat, report, image, user }: Config) => ({ ...face.tables, ...chat.tables, ...report.tables, ...image.tables, ...user.tables })
