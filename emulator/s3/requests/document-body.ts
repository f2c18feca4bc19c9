import { NotXml, parseXml } from '../../core/protocol/xml.ts'
import { documentTooLarge, malformedXml } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { S3Request } from './request.ts'
import { Upload } from '../uploads/upload.ts'

/** The content of a document's root, by element. */
export type XmlDocument = Readonly<Record<string, unknown>>

/** The body of a request that is a document, XML if nothing else is said, or empty. */
export class DocumentBody {
  readonly #upload: Upload

  /** @throws S3's errors for headers that contradict each other, or announce too much */
  constructor (request: S3Request, limits: Limits, { maxBytes = limits.documentBytes } = {}) {
    // A request without a body may omit its length here, unlike an upload.
    const bare = request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined
    this.#upload = Upload.from(bare ? { ...request, headers: { ...request.headers, 'content-length': '0' } } : request, limits)
    if (this.#upload.size > maxBytes) throw documentTooLarge(maxBytes)
  }

  /** Whether the request has a checksum of the document. */
  get isChecked (): boolean {
    return this.#upload.algorithm !== undefined || this.#upload.hasMd5
  }

  /**
   * The content of the document's root; `undefined` if there is no document.
   * @throws MalformedXML, also if the root has another name
   */
  async read (root: string): Promise<XmlDocument | undefined> {
    const bytes = await this.#bytes()
    return bytes.length === 0 ? undefined : contentOf(bytes, root)
  }

  /** The document itself. */
  async text (): Promise<string> {
    return (await this.#bytes()).toString()
  }

  async #bytes (): Promise<Buffer> {
    const pieces: Uint8Array[] = []
    for await (const piece of this.#upload.bytes()) pieces.push(piece)
    return Buffer.concat(pieces)
  }
}

/**
 * The content of a document's root.
 * @throws MalformedXML, also if the root has another name
 */
export function contentOf (bytes: Uint8Array, root: string): XmlDocument {
  const content = parse(bytes)[root]
  if (typeof content === 'string' && content.trim() === '') return {}
  if (content === null || typeof content !== 'object' || Array.isArray(content)) throw malformedXml()
  return content as XmlDocument // the parser makes no other objects
}

function parse (bytes: Uint8Array): Record<string, unknown> {
  try {
    return parseXml(bytes)
  } catch (error) {
    throw error instanceof NotXml ? malformedXml() : error
  }
}
