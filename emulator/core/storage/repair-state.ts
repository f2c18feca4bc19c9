import { cp, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { checkState, requireUnlocked } from './check-state.ts'
import { DataPathError, describeDataError } from './data-path-error.ts'
import { damagedBlocks, readLog, typeOffset, writeLog } from './leveldb-files.ts'

export interface Repair {
  /** What was lost, one line each; empty if nothing was damaged. */
  lost: string[]
  /** The folder with the original files. */
  copy?: string
}

/**
 * Repairs a data directory's state: keeps all intact entries, and a copy of the damaged files.
 * @throws DataPathError if it is not a data directory, or in use
 */
export async function repairState (path: string): Promise<Repair> {
  if (!existsSync(join(path, 'sandtable.json'))) throw new DataPathError(path, 'is not a data directory of Sandtable: it has no sandtable.json')
  try {
    await requireUnlocked(path)
    return await repair(path)
  } catch (error) {
    throw describeDataError(path, error)
  }
}

async function repair (path: string): Promise<Repair> {
  const state = join(path, 'state')
  const { damage, manifest, logs, tables } = await checkState(path)
  if (damage.length === 0) return { lost: [] }
  const lost = damage.map(({ file, problem }) => `${file} ${problem}`)
  const copy = existsSync(state) ? freeName(`${state}-damaged`) : undefined
  if (copy) await cp(state, copy, { recursive: true })

  // LevelDB's repair reads logs and tables without verifying checksums, so it must get only intact ones.
  let next: number | undefined
  let missing = 0
  for (const log of logs) {
    const file = join(state, log)
    if (manifest && Number.parseInt(log, 10) < manifest.logNumber) {
      await unlink(file)
      continue
    }
    const { records, damagedBytes } = readLog(await readFile(file))
    for (const record of records) {
      if (record.length < 12) continue
      const sequence = Number(record.readBigUInt64LE(0))
      if (next !== undefined && sequence > next) missing += sequence - next
      next = sequence + record.readUInt32LE(8)
    }
    if (damagedBytes > 0) await writeFile(file, writeLog(records))
  }
  if (missing > 0) lost.push(`${missing} writes of the log are lost`)
  for (const table of tables) {
    const file = join(state, table)
    // A table that is not in use has entries that were deleted later.
    if (manifest && !manifest.tables.has(Number.parseInt(table, 10))) {
      await unlink(file)
      continue
    }
    const bytes = await readFile(file)
    const blocks = damagedBlocks(bytes)
    if (!blocks) {
      lost.push(`state/${table} cannot be read: its ${bytes.length} bytes are lost`)
      await unlink(file)
    } else if (blocks.length > 0) {
      for (const block of blocks) bytes[typeOffset(block)] = 0xFF
      await writeFile(file, bytes)
      lost.push(`state/${table}: ${blocks.reduce((sum, { size }) => sum + size, 0)} of ${bytes.length} bytes are lost`)
    }
  }
  if (!manifest && tables.length > 0) lost.push('The list of tables in use is lost: some deleted entries may be back')
  await ClassicLevel.repair(state)
  await rm(join(state, 'lost'), { recursive: true, force: true })
  lost.push(...await dropNameless(state))
  return { lost, copy }
}

/** Deletes partitions whose names are lost, since a new one could get their ids. */
async function dropNameless (state: string): Promise<string[]> {
  const level = new ClassicLevel<string, string>(state)
  await level.open()
  const counts = new Map<string, number>()
  const registered = new Set<string>()
  try {
    for await (const key of level.keys()) {
      const [, sublevel = '', name = ''] = key.split('!', 3)
      if (sublevel === 'register') registered.add(`p${name}`)
      else if (/^p\d+$/.test(sublevel)) counts.set(sublevel, (counts.get(sublevel) ?? 0) + 1)
    }
    const lines: string[] = []
    for (const [sublevel, count] of counts) {
      if (registered.has(sublevel)) continue
      await level.clear({ gte: `!${sublevel}!`, lt: `!${sublevel}"` })
      lines.push(`${count} entries are lost, since their service and account are unknown`)
    }
    return lines
  } finally {
    await level.close()
  }
}

function freeName (path: string): string {
  for (let number = 1; ; number++) if (!existsSync(`${path}-${number}`)) return `${path}-${number}`
}
