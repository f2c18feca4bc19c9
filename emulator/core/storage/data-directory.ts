import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DataPathError, describeDataError } from './data-path-error.ts'
import { syncFolder } from './directory-content-store.ts'

/** Marks the directory as Sandtable's, with the version of its layout. */
const MARKER = 'sandtable.json'
const FORMAT = 'sandtable-data'
const VERSION = 1

/** Entries that a new file system has in its root. */
const NOBODYS: ReadonlySet<string> = new Set(['lost+found'])

/**
 * Makes sure that a directory is one of ours and of a version that we read, or makes it so if it is empty or not there.
 *
 * @throws {@link DataPathError} for any other, which is left as it is
 */
export async function claimDirectory (path: string): Promise<void> {
  try {
    await makeFolder(path)
    const names = (await readdir(path)).filter((name) => !NOBODYS.has(name))
    if (names.includes(MARKER)) {
      checkMarker(path, await readFile(join(path, MARKER), 'utf8'))
      return await makePrivate(path)
    }
    // A marker on its way in is all that a start can have left before the marker is there.
    if (names.some((name) => !name.startsWith(MARKER))) {
      throw new DataPathError(path, `contains files that are not Sandtable's (it has no ${MARKER}): name an empty directory, or a new one`)
    }
    const draft = join(path, `${MARKER}.${process.pid}`)
    await writeFile(draft, `${JSON.stringify({ format: FORMAT, version: VERSION })}\n`, { flush: true, mode: 0o600 })
    await rename(draft, join(path, MARKER))
    await syncFolder(path)
    await makePrivate(path)
  } catch (error) {
    throw describeDataError(path, error)
  }
}

/** Unlike Node's recursive `mkdir`, it ends if the file system refuses every new name, as /proc does. */
async function makeFolder (path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return
    const parent = dirname(path)
    if (error.code !== 'ENOENT' || existsSync(parent)) throw error
    await makeFolder(parent)
    await mkdir(path, { mode: 0o700 })
  })
}

/**
 * Lets only the owner read what is in it. LevelDB makes its files by the umask: their folder keeps others out. A mounted volume may be
 * of another owner, who has to see to its mode.
 */
async function makePrivate (path: string): Promise<void> {
  for (const name of ['.', 'state', 'contents', 'snapshots']) {
    const folder = join(path, name)
    await chmod(folder, 0o700).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPERM' && error.code !== 'ENOENT' && error.code !== 'ENOTSUP') throw error
    })
  }
}

function checkMarker (path: string, text: string): void {
  let marker: { format?: unknown, version?: unknown } = {}
  try {
    marker = Object(JSON.parse(text)) as typeof marker // anything has members that may be missing
  } catch {}
  const { format, version } = marker
  if (format !== FORMAT || typeof version !== 'number') throw new DataPathError(path, `is damaged, or not Sandtable's: its ${MARKER} does not say "${FORMAT}" and a version`)
  if (version > VERSION) throw new DataPathError(path, `was written by a newer version of Sandtable (layout ${version}; this one knows ${VERSION})`)
  if (version !== VERSION) throw new DataPathError(path, `has an unknown layout (${version}; this version of Sandtable knows ${VERSION})`)
}
