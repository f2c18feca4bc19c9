import type { Context } from '../core/context.ts'
import type { ObjectStorage } from '../s3/index.ts'
import type { Throttle } from './capacity/throttle.ts'
import type { Replication } from './replication/replication.ts'
import type { AccountStore } from './storage/account-store.ts'
import type { Limits } from './limits.ts'
import type { TableDelays } from './tables/table-record.ts'

/** The context of a DynamoDB call. */
export interface DynamodbContext extends Context {
  readonly store: AccountStore
  readonly limits: Limits
  readonly delays: TableDelays
  /** Asked for the units of each request; `undefined` while nothing is throttled. */
  readonly throttle: Throttle | undefined
  /** Replicates global tables, and knows the stores of other regions. */
  readonly replication: Replication
  /** The store to which exports are written and from which imports are read. */
  readonly objects: ObjectStorage
}
