import type { ClockMemo } from '../clock.ts'
import type { ContentStore } from './content-store.ts'
import type { Database } from './database.ts'

/** The state of one service for one account, and for one region if the service separates regions. */
export interface Partition {
  readonly database: Database
  /** Contents that the database refers to. */
  readonly contents: ContentStore
}

/** Partitions by name, such as `dynamodb/000000000000/us-east-1`. */
export interface Partitions {
  names (): string[]
  /** Creates the partition if it does not exist. It is not called concurrently for one name. */
  open (name: string): Promise<Partition>
}

/** All state of the emulator, in memory or in a directory. */
export interface Storage extends Partitions {
  /** Whether writes are refused because the disk is full. */
  readonly isFull: boolean
  /** The stored state of the clock. */
  readonly clock: ClockMemo | undefined
  keepClock (memo: ClockMemo): Promise<void>
  /** Values stored by a name that is not a partition's: they belong to the emulator itself, are in no snapshot, and survive every reset. */
  kept (name: string): unknown
  keep (name: string, value: unknown): Promise<void>
  /**
   * Drops partitions, in one step; opened again they are empty. A caller that still has one can use it,
   * without any effect on the state.
   */
  drop (names: readonly string[]): Promise<void>
  /** Begins a state that can replace this one. */
  stage (): Stage
  /** All state at this moment; until it is closed it can be read, whatever is written or dropped in the meantime. */
  view (): StorageView
  close (): Promise<void>
}

/** A state that is being built and is not visible yet. */
export interface Stage extends Partitions {
  /**
   * Replaces all partitions and the clock with it, in one step.
   * @param use  makes the services use this state; called within the step, so that an open comes before it or after it
   */
  replace (clock: ClockMemo, use: () => void): Promise<void>
  /** Discards it. */
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

/** How many entries a reader of a whole database reads at a time. */
export const CHUNK = 256
