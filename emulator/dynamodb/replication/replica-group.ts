import type { DynamodbContext } from '../context.ts'
import { UnitOfWork } from '../storage/unit-of-work.ts'
import { replicaRegions } from '../tables/replicas.ts'
import { tableToChange } from '../tables/table-admission.ts'
import { settled, type TableRecord } from '../tables/table-record.ts'

/** A table that is locked exclusively, settled, with the context of its region. */
export interface OwnedTable { readonly table: TableRecord, readonly ctx: DynamodbContext }

/** A table in the region of the call, and its replicas in others. */
export interface ReplicaGroup extends OwnedTable {
  readonly peers: readonly OwnedTable[]
  /** Locks the name of a table in another region, which may not exist, until the change is done. */
  readonly own: (region: string) => Promise<DynamodbContext>
}

/**
 * Changes a table together with its replicas in other regions: all are locked while `change` runs.
 * @param options.always  whether a table that has no replicas is to get some
 * @throws ResourceNotFoundException
 */
export function changeGroup<T> (name: string, ctx: DynamodbContext, change: (group: ReplicaGroup) => Promise<T>, { always = false } = {}): Promise<T> {
  // Several regions are locked only in a turn, which prevents deadlock.
  if (always || ctx.store.tables.get(name)?.settings.replicas) return ctx.replication.turns.take(() => changeAll(name, ctx, change))
  return ctx.store.transact(async (work) => {
    const table = await tableToChange(work, name, ctx)
    return table.settings.replicas ? undefined : { done: await change({ table, ctx, peers: [], own: notInTurn }) }
  }).then((result) => result ? result.done : changeGroup(name, ctx, change, { always: true })) // it was replicated meanwhile
}

function notInTurn (): Promise<never> {
  return Promise.reject(new Error('Another region is locked only in a turn'))
}

async function changeAll<T> (name: string, ctx: DynamodbContext, change: (group: ReplicaGroup) => Promise<T>): Promise<T> {
  return ctx.store.transact(async (work) => {
    const owned = new Map<string, { there: DynamodbContext, unit: UnitOfWork }>()
    const own = async (region: string): Promise<DynamodbContext> => {
      const before = owned.get(region)
      if (before) return before.there
      const there = await contextIn(region, ctx)
      const unit = new UnitOfWork(there.store)
      owned.set(region, { there, unit })
      await unit.ownTable(name)
      return there
    }
    try {
      const table = await tableToChange(work, name, ctx)
      const peers: OwnedTable[] = []
      for (const region of replicaRegions(table)) {
        const there = await own(region)
        const record = there.store.tables.get(name)
        if (record) peers.push({ table: settled(record, ctx.startedAt), ctx: there })
      }
      return await change({ table, ctx, peers, own })
    } finally {
      for (const { unit } of owned.values()) unit.release()
    }
  })
}

/** The context of a call as it would be in another region of the account. */
async function contextIn (region: string, ctx: DynamodbContext): Promise<DynamodbContext> {
  const store = await ctx.replication.store(ctx.account, region)
  return { ...ctx, region, store, throttle: ctx.throttle && store.throttle }
}
