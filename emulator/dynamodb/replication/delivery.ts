import type { AccountStore } from '../storage/account-store.ts'
import type { ChangeRecord } from '../storage/change-log/change-log.ts'
import { sequenceAfter } from '../storage/change-log/sequence.ts'
import { applyWrite } from '../storage/item-write.ts'
import { regionOf, type Version } from '../storage/item-versions.ts'
import { keys } from '../storage/keys.ts'
import type { UnitOfWork } from '../storage/unit-of-work.ts'
import type { TableRecord } from '../tables/table-record.ts'
import type { Replicated } from './replication.ts'

/** How far a region has read the change log of another one. */
export interface Position {
  /** The id of the table there: one that is created again begins anew. */
  readonly tableId: string
  readonly after: string
}

/** The result of one step. */
interface Delivery {
  readonly delivered?: Pick<Replicated, 'latencies' | 'consumed'>
  readonly hasDeletions?: boolean
  /** When the first change was made that is not due yet, epoch ms. */
  readonly next?: number
  /** Whether nothing is left that is due. */
  readonly isDone: boolean
}

interface Batch {
  readonly records: readonly ChangeRecord[]
  /** The sequence number of the last change that was read. */
  readonly last?: string
  readonly next?: number
  readonly isDone: boolean
}

/** How many changes are applied in one step. */
const MOST = 256

/** Where a region continues in the change log of another one. */
export function positionOf ({ database }: AccountStore, { TableName, TableId }: TableRecord, region: string): string {
  const position = database.get(keys.replicated(TableName, region)) as Position | undefined // only positions are written under these keys
  return position?.tableId === TableId ? position.after : ''
}

/**
 * Applies the next changes of a table to its replica in another region, in one step: all that are newer than what is there,
 * so that in every region the last writer of an item wins. A region passes on only its own writes.
 * @param options.until  the time (epoch ms) of the last change that is due
 */
export async function deliverNext (source: AccountStore, target: AccountStore, { table, until }: { table: TableRecord, until: number }): Promise<Delivery> {
  const { TableName, TableId } = table
  const after = positionOf(target, table, source.region)
  const { records, last, next, isDone } = await nextBatch(source, { table, after, until })
  if (last === undefined) return { next, isDone: true }
  const versions = new Map(records.map(({ place, version }) => [place, version!])) // records of replicas have one
  return target.transact(async (work) => {
    await work.useTables([TableName])
    const there = target.tables.get(TableName)
    // It was removed meanwhile, or this was delivered.
    if (!there?.settings.replicas?.[source.region]) return { isDone: true }
    if (positionOf(target, table, source.region) !== after) return { isDone: false }
    await work.lockItems(records.map(({ place: key }) => ({ table: TableName, key })))
    const now = target.clock.now()
    for (const record of records) apply(work, record, { target, table: there })
    work.write(keys.replicated(TableName, source.region), { tableId: TableId, after: last } satisfies Position)
    for (const change of work.changes) work.meter.writeItem(change)
    const delivered = { latencies: records.map(({ at }) => Math.max(0, now - at)), consumed: work.meter.units() }
    return { delivered, hasDeletions: records.some(({ after }) => !after), next, isDone }
  }, { cause: 'user', versions })
}

function apply (work: UnitOfWork, { place, after, version }: ChangeRecord, { target, table }: { target: AccountStore, table: TableRecord }): void {
  const current = target.versions.of(table.TableName, place)
  if (current !== undefined && current >= version!) return
  applyWrite(work, { table, key: place, next: () => after })
  target.versions.put(work, { table: table.TableName, place, version: version!, isDeleted: !after })
}

/** The next changes that were made in this region; each of another item, since a step writes an item once. */
async function nextBatch ({ changeLog, region, clock }: AccountStore, { table, after, until }: { table: TableRecord, after: string, until: number }): Promise<Batch> {
  const records: ChangeRecord[] = []
  const places = new Set<string>()
  let last: string | undefined
  for await (const chunk of changeLog.readWrites(table.TableId, { from: after === '' ? '' : sequenceAfter(after) }, MOST)) {
    for (const record of chunk) {
      const { sequence, at, place, version } = record
      // What was written in what is the future now, since the clock was moved back, is not waited for.
      if (at > until && at <= clock.now()) return { records, last, next: at, isDone: true }
      if (isOwn(version, region)) {
        if (places.has(place) || records.length >= MOST) return { records, last, isDone: false }
        places.add(place)
        records.push(record)
      }
      last = sequence
    }
  }
  return { records, last, isDone: true }
}

/** Whether a write was made in this region while the table had replicas. */
export function isOwn (version: Version | undefined, region: string): boolean {
  return version !== undefined && regionOf(version) === region
}
