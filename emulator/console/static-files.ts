import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'

/** One file, with what a browser needs to know of it. */
export interface StaticFile {
  body: Buffer
  /** Its media type. */
  type: string
  /** A strong entity tag of its content. */
  tag: string
}

/** Of the files that a build makes; any other is bytes. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
}

/** Names that cannot leave the folder: no segment is empty or begins with a dot. */
const NAME = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/

/** The files of one folder, read when they are asked for, so that a new build is seen at once. */
export class StaticFiles {
  readonly #folder: string

  /** @param folder  default: the console's in the build, whether this module runs from there or from its source */
  constructor (folder = join(dirname(createRequire(import.meta.url).resolve('sandtable/package.json')), 'dist/console')) {
    this.#folder = folder
  }

  /** @returns `undefined` when there is no file of this name */
  async read (name: string): Promise<StaticFile | undefined> {
    const type = TYPES[extname(name)]
    if (type === undefined || !NAME.test(name)) return undefined
    try {
      const body = await readFile(join(this.#folder, name))
      return { body, type, tag: `"${createHash('sha256').update(body).digest('base64url')}"` }
    } catch (error) {
      if (['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined // Node's errors of files
      throw error
    }
  }
}
