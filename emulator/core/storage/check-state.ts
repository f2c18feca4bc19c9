import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { DataPathError } from './data-path-error.ts'
import { damagedBlocks, readLog, readManifest, type Manifest } from './leveldb-files.ts'

/** The error of a file of the state, for a line of text. */
export interface Damage { file: string, problem: string }

/** The files of a LevelDB, and their errors. */
export interface StateFiles {
  /** `undefined` if it cannot be read. */
  manifest?: Manifest
  logs: readonly string[]
  tables: readonly string[]
  damage: readonly Damage[]
}

const numberOf = (file: string): number => Number.parseInt(file, 10)

/**
 * Verifies every checksum of a data directory's state. A state that was never written is intact.
 * @param path  of the data directory
 */
export async function checkState (path: string): Promise<StateFiles> {
  const folder = join(path, 'state')
  const names = await namesIn(folder)
  const logs = names.filter((name) => /^\d+\.log$/.test(name)).sort((a, b) => numberOf(a) - numberOf(b))
  const tables = names.filter((name) => /^\d+\.(ldb|sst)$/.test(name))
  const damage: Damage[] = []
  const answer = { logs, tables, damage }
  if (!names.includes('CURRENT')) {
    // Contents are made after the state: a start that was killed before that leaves neither.
    const isNew = logs.length === 0 && tables.length === 0 && !(await namesIn(path)).includes('contents')
    return isNew ? answer : { ...answer, damage: [{ file: 'state/CURRENT', problem: 'is missing' }] }
  }
  const current = (await readFile(join(folder, 'CURRENT'), 'latin1')).trimEnd()
  if (!/^MANIFEST-\d+$/.test(current)) return { ...answer, damage: [{ file: 'state/CURRENT', problem: 'is damaged' }] }
  if (!names.includes(current)) return { ...answer, damage: [{ file: `state/${current}`, problem: 'is missing' }] }

  const { records, damagedBytes } = readLog(await readFile(join(folder, current)))
  const manifest = parse(records)
  if (damagedBytes > 0 || !manifest || records.length === 0) return { ...answer, damage: [{ file: `state/${current}`, problem: 'is damaged' }] }

  for (const log of logs.filter((name) => numberOf(name) >= manifest.logNumber)) {
    const { damagedBytes } = readLog(await readFile(join(folder, log)))
    if (damagedBytes > 0) damage.push({ file: `state/${log}`, problem: `has ${damagedBytes} damaged bytes` })
  }
  if (manifest.logNumber > 0 && !logs.some((name) => numberOf(name) === manifest.logNumber)) {
    damage.push({ file: `state/${String(manifest.logNumber).padStart(6, '0')}.log`, problem: 'is missing' })
  }
  for (const [number, size] of manifest.tables) {
    const table = tables.find((name) => numberOf(name) === number)
    if (!table) {
      damage.push({ file: `state/${String(number).padStart(6, '0')}.ldb`, problem: 'is missing' })
      continue
    }
    const bytes = await readFile(join(folder, table))
    const blocks = bytes.length === size ? damagedBlocks(bytes) : undefined
    if (!blocks) damage.push({ file: `state/${table}`, problem: 'is damaged' })
    else if (blocks.length > 0) damage.push({ file: `state/${table}`, problem: `has ${blocks.length} damaged blocks` })
  }
  return { ...answer, manifest, damage }
}

/** @throws {@link DataPathError} if something is damaged */
export async function requireIntactState (path: string): Promise<void> {
  await requireUnlocked(path)
  const { damage } = await checkState(path)
  const [first] = damage
  if (!first) return
  const more = damage.length > 1 ? `, and ${damage.length - 1} more` : ''
  throw new DataPathError(path, `is damaged: ${first.file} ${first.problem}${more}. Nothing was changed. To repair it and see what is lost: sandtable data repair ${path}`)
}

/**
 * LevelDB locks before it reads anything else; this opening always fails, and changes no data.
 * @throws if another process has it open
 */
export async function requireUnlocked (path: string): Promise<void> {
  const folder = join(path, 'state')
  if ((await namesIn(folder)).length === 0) return
  const level = new ClassicLevel(folder, { createIfMissing: false, errorIfExists: true })
  await level.open().catch((error: { cause?: { code?: string } }) => {
    if (error.cause?.code === 'LEVEL_LOCKED') throw error
  })
  await level.close()
}

function parse (records: readonly Buffer[]): Manifest | undefined {
  try {
    return readManifest(records)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

async function namesIn (folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}
