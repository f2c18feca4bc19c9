import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { Readable } from 'node:stream'
import type { WireRequest } from '../../core/wire.ts'
import { formFieldsTooLarge, malformedForm, notAForm } from '../errors.ts'

/** An upload from an HTML form: its fields before the file, and the file. */
export interface PostForm {
  /** By name in lower case. */
  fields: Readonly<Record<string, string>>
  /** `undefined` if the form has no file. */
  file?: { name: string, bytes: AsyncIterable<Uint8Array> }
}

const MULTIPART = /^multipart\/form-data\s*(;|$)/i

/**
 * Reads a form up to its file, whose bytes are read later. Fields after the file are ignored, as in S3.
 * @throws PreconditionFailed for another type of body, MalformedPOSTRequest, MaxPostPreDataLengthExceeded
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
export function readForm ({ headers, body }: Pick<WireRequest, 'headers' | 'body'>, { maxFieldBytes }: { maxFieldBytes: number }): Promise<PostForm> {
  const type = headers['content-type'] ?? ''
  if (!MULTIPART.test(type)) throw notAForm()
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {}
    let size = 0
    let file: (Readable & { truncated?: boolean }) | undefined
    const fail = (error: Error) => {
      reject(error)
      file?.destroy(error)
    }
    let parser: BusboyInstance
    try {
      parser = new Busboy({ headers: { 'content-type': type }, limits: { fieldSize: maxFieldBytes + 1, headerPairs: 100 }, preservePath: false })
    } catch {
      throw malformedForm() // a form without a boundary
    }
    parser.on('field', (name, value) => {
      if (file || fields['file'] !== undefined) return
      size += name.length + Buffer.byteLength(value)
      if (name.toLowerCase() === 'file') {
        // A file without a name is text.
        resolve({ fields: { ...fields }, file: { name: '', bytes: Readable.from([Buffer.from(value)]) } })
        fields['file'] = ''
      } else if (size > maxFieldBytes) {
        fail(formFieldsTooLarge())
      } else {
        fields[name.toLowerCase()] ??= value
      }
    })
    parser.on('file', (name, stream, filename) => {
      if (name.toLowerCase() !== 'file' || file) return stream.resume()
      file = stream
      resolve({ fields, file: { name: filename ?? '', bytes: whole(stream) } })
    })
    parser.on('finish', () => resolve({ fields }))
    parser.on('error', () => fail(malformedForm()))
    const source = Readable.from(body)
    source.on('error', () => fail(malformedForm()))
    source.pipe(parser)
  })
}

/** The bytes of a file; if the form ends in the middle, it is malformed. */
async function * whole (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield * bytes
  } catch {
    throw malformedForm()
  }
}
