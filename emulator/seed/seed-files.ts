import { readdir, type FileHandle, open } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { BadSeed } from './bad-seed.ts'

/** A file of a seed folder, by its path below it, with `/` between its parts. */
export interface SeedFile { name: string, path: string }

/** What a seed folder holds; docs/seed-folder.md describes it. */
export interface SeedFiles {
  /** `dynamodb/TABLE.json`: the input of CreateTable. */
  tables: (SeedFile & { table: string })[]
  /** `dynamodb/TABLE.jsonl`: an item a line. */
  items: (SeedFile & { table: string })[]
  /** `s3/BUCKET/KEY`: an object. */
  objects: (SeedFile & { bucket: string, key: string })[]
  /** `s3/BUCKET`: one that may be empty. */
  buckets: string[]
  /** `rekognition/faces.json`: what pictures show. */
  faces: SeedFile | undefined
  /** `iam.json`: users, groups, roles and policies. */
  iam: SeedFile | undefined
}

const TABLE = /^dynamodb\/([A-Za-z0-9_.-]+)\.json$/
const ITEMS = /^dynamodb\/([A-Za-z0-9_.-]+)\.jsonl$/
const OBJECT = /^s3\/([^/]+)\/(.+)$/
const BUCKET = /^s3\/([^/]+)$/
const IAM = 'iam.json'
const FACES = 'rekognition/faces.json'
/** Anybody may write down beside the data what it is. */
const IGNORED = /(^|\/)\.|^(dynamodb\/|rekognition\/)?README(\.\w+)?$/i

/**
 * Looks through a seed folder, in the order of names.
 * @throws {@link BadSeed} when it cannot be read, or holds a file that would be left out
 */
export async function seedFiles (folder: string): Promise<SeedFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new BadSeed(`The seed folder ${folder} cannot be read: ${error.code === 'ENOENT' ? 'it does not exist' : error.message}`, { cause: error })
  })
  const found: SeedFiles = { tables: [], items: [], objects: [], buckets: [], faces: undefined, iam: undefined }
  const named = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .map(({ entry, path }) => ({ entry, path, name: path.slice(join(folder, sep).length).replaceAll(sep, '/') }))
    .sort((a, b) => a.name < b.name ? -1 : 1)
  for (const { entry, path, name } of named) {
    if (IGNORED.test(name)) continue
    const [, bucket] = BUCKET.exec(name) ?? []
    if (entry.isDirectory()) {
      if (bucket !== undefined) found.buckets.push(bucket)
      continue
    }
    const file = { name, path }
    const [, table] = TABLE.exec(name) ?? []
    const [, tableOfItems] = ITEMS.exec(name) ?? []
    const [, inBucket, key] = OBJECT.exec(name) ?? []
    if (table !== undefined) found.tables.push({ ...file, table })
    else if (tableOfItems !== undefined) found.items.push({ ...file, table: tableOfItems })
    else if (inBucket !== undefined && key !== undefined) found.objects.push({ ...file, bucket: inBucket, key })
    else if (name === FACES) found.faces = file
    else if (name === IAM) found.iam = file
    else throw new BadSeed(`${name} does not belong in a seed folder: allowed are dynamodb/TABLE.json, dynamodb/TABLE.jsonl, s3/BUCKET/KEY, ${IAM} and ${FACES}`)
  }
  return found
}

/**
 * A file of one JSON value.
 * @throws {@link BadSeed}
 */
export async function readJson ({ name, path }: SeedFile): Promise<unknown> {
  const file = await opened({ name, path })
  try {
    return parse(await file.readFile('utf8'), name)
  } finally {
    await file.close()
  }
}

/**
 * The objects of a file with one on each line; empty lines are passed over.
 * @throws {@link BadSeed}
 */
export async function * readLines ({ name, path }: SeedFile): AsyncGenerator<{ place: string, value: Record<string, unknown> }> {
  const file = await opened({ name, path })
  let number = 0
  for await (const line of file.readLines()) { // which closes the file
    number++
    if (line.trim() === '') continue
    const place = `${name} line ${number}`
    yield { place, value: objectIn(parse(line, place), place) }
  }
}

/** @throws {@link BadSeed} when it is something else */
export function objectIn (value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadSeed(`${place} is not a JSON object`)
  return value as Record<string, unknown> // that is what was asked
}

function opened ({ name, path }: SeedFile): Promise<FileHandle> {
  return open(path).catch((error: Error) => {
    throw new BadSeed(`${name} cannot be read: ${error.message}`, { cause: error })
  })
}

function parse (text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BadSeed(`${place} is not JSON: ${(error as Error).message}`, { cause: error }) // JSON.parse throws errors
  }
}
