import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { transactWith, type Obstacle, type TransactionPart } from '../../../aws/transact.ts'
import { translateAwsError } from '../../../core/errors.ts'
import type { FaceMeasurements } from '../measurements.ts'

export { backOff, unlessRefused, type TransactionPart } from '../../../aws/transact.ts'

/** What the feature's repositories share: the client, and the count of what they use. */
export interface FaceStore {
  readonly documents: DynamoDBDocumentClient
  readonly measurements: FaceMeasurements
}

/** Every command asks for it, so that the dashboard can show what the feature costs. */
export const METERED = { ReturnConsumedCapacity: 'TOTAL' } as const

/** Runs one reading call on a table, counted; a missing table or a busy store becomes a 503. */
export function read<T extends object> (store: FaceStore, table: string, call: () => Promise<T>): Promise<T> {
  return store.measurements.measure('readUnits', call, (error) => translateAwsError(error, { table }))
}

/** Runs one writing call, as {@link read} does. */
export function write<T extends object> (store: FaceStore, table: string, call: () => Promise<T>): Promise<T> {
  return store.measurements.measure('writeUnits', call, (error) => translateAwsError(error, { table }))
}

/** Writes all parts or none, as {@link transactWith} does, counted. */
export function transact<N extends string> (store: FaceStore, parts: Readonly<Record<N, TransactionPart | undefined>>): Promise<ReadonlyMap<N, Obstacle>> {
  return transactWith((command) => store.measurements.measure('writeUnits', () => store.documents.send(command)), parts)
}
