import type { ClockMemo } from '../clock.ts'
import type { ContentStore } from './content-store.ts'
import type { Database } from './database.ts'

/** What one service keeps for one account, and in one region if it is kept apart by region. */
export interface Partition {
  readonly database: Database
  /** Bytes that the database names. */
  readonly contents: ContentStore
}

/** Partitions by name, such as `dynamodb/000000000000/us-east-1`. */
export interface Partitions {
  names (): string[]
  /** Makes the partition if there is none. For one name it is called once at a time. */
  open (name: string): Promise<Partition>
}

/** All that the emulator keeps, in memory or in a directory. */
export interface Storage extends Partitions {
  /** Whether writes are refused because the disk is full. */
  readonly isFull: boolean
  /** What was kept of the clock. */
  readonly clock: ClockMemo | undefined
  keepClock (memo: ClockMemo): Promise<void>
  /** What was kept under a name that is no partition's: it is the emulator's own, in no snapshot, and outlives every reset. */
  kept (name: string): unknown
  keep (name: string, value: unknown): Promise<void>
  /**
   * Drops partitions, in one step; opened again they are empty. A caller that holds one can still use it,
   * without any effect on the state.
   */
  drop (names: readonly string[]): Promise<void>
  /** Begins a state that can take the place of this one. */
  stage (): Stage
  /** All that is there at this moment; it can be read, whatever is written and dropped meanwhile, until it is closed. */
  view (): StorageView
  close (): Promise<void>
}

/** A state that is being built and is not visible yet. */
export interface Stage extends Partitions {
  /**
   * Puts it in the place of all partitions and of the clock, in one step.
   * @param use  makes the services use this state; called within the step, so that an open comes before it or after it
   */
  replace (clock: ClockMemo, use: () => void): Promise<void>
  /** Forgets it. */
  abandon (): Promise<void>
}

/** A partition as it was at a moment. */
export interface PartitionView {
  readonly name: string
  /** In the order of the keys. */
  entries (): AsyncIterable<[key: string, value: unknown][]>
  readonly contents: Pick<ContentStore, 'list' | 'read'>
}

export interface StorageView {
  readonly partitions: readonly PartitionView[]
  close (): Promise<void>
}

/** How many entries are read from a database at a time by a reader of all of it. */
export const CHUNK = 256
