import type { WireRequest, WireResponse } from '../core/wire.ts'
import { StaticFiles, type StaticFile } from './static-files.ts'

export const CONSOLE_PATH = '/_sandtable/console'

/**
 * Scripts, styles and requests of this origin alone, and no page may frame it. The only inline styles are those that the
 * editor of JSON makes of its own theme; pictures are shown from memory as well.
 */
const SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "font-src 'self' data:", "img-src 'self' data: blob:", "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ')

const SAFETY_HEADERS = {
  'content-security-policy': SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** The names of files in this folder change with their content. */
const HASHED_FILES = 'assets/'

/** Answers `/_sandtable/console/`: the web page, which is static files of the build. */
export class WebConsole {
  readonly #files: StaticFiles

  /** @param folder  of the built files; default: where the build puts them */
  constructor (folder?: string) {
    this.#files = new StaticFiles(folder)
  }

  claims ({ path }: WireRequest): boolean {
    return path === CONSOLE_PATH || path.startsWith(`${CONSOLE_PATH}/`)
  }

  async handle ({ method, path, headers }: WireRequest): Promise<WireResponse> {
    if (method !== 'GET' && method !== 'HEAD') return text(405, `${CONSOLE_PATH}/ takes GET and HEAD`, { allow: 'GET, HEAD' })
    if (path === CONSOLE_PATH) return { status: 308, headers: { ...SAFETY_HEADERS, location: `${CONSOLE_PATH}/`, 'content-length': '0' } }
    const name = path.slice(CONSOLE_PATH.length + 1)
    const named = await this.#files.read(name)
    if (named) return answer(named, headers['if-none-match'], name.startsWith(HASHED_FILES))
    if (name.startsWith(HASHED_FILES)) return text(404, 'There is no such file')
    // Each address of a page is the page, which reads it.
    const page = await this.#files.read('index.html')
    return page ? answer(page, headers['if-none-match'], false) : text(404, 'The console has not been built; `npm run build` does it')
  }
}

function answer ({ body, type, tag }: StaticFile, knownTags: string | undefined, isHashed: boolean): WireResponse {
  const headers = { ...SAFETY_HEADERS, etag: tag, 'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache' }
  if (knownTags?.split(',').some((known) => known.trim() === tag)) return { status: 304, headers }
  return { status: 200, headers: { ...headers, 'content-type': type, 'content-length': String(body.length) }, body }
}

function text (status: number, message: string, headers: Record<string, string> = {}): WireResponse {
  const body = `${message}\n`
  return { status, headers: { ...SAFETY_HEADERS, ...headers, 'content-type': 'text/plain; charset=utf-8', 'content-length': String(Buffer.byteLength(body)) }, body }
}
