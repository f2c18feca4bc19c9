import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { throughConflicts, transactWith, type Obstacle, type TransactionPart } from '../../../aws/transact.ts'
import { withTable } from '../../../core/errors.ts'

/** Shared by the feature's repositories: the client, and the one table that only they use. */
export interface ChatStore {
  readonly documents: DynamoDBDocumentClient
  readonly table: string
}

/** Runs one reading call; a missing table or a busy store becomes a 503. */
export function read<T> ({ table }: ChatStore, call: () => Promise<T>): Promise<T> {
  return withTable(table, call)
}

/** Runs one writing call like {@link read}, and retries it if it conflicts with a transaction. */
export function write<T> ({ table }: ChatStore, call: () => Promise<T>): Promise<T> {
  return withTable(table, () => throughConflicts(call))
}

/** Writes all parts or none, like {@link transactWith}. */
export function transact<N extends string> ({ documents }: ChatStore, parts: Readonly<Record<N, TransactionPart>>): Promise<ReadonlyMap<N, Obstacle>> {
  return transactWith((command) => documents.send(command), parts)
}
