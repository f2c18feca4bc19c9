import type { FastifyRequest } from 'fastify'
import { PayloadTooLarge, ValidationFailed } from '../../core/errors.ts'
import { toFaults } from '../../plugins/validation.ts'
import { NotAnImage, TooManyPixels, UploadMissing } from './errors.ts'
import { LONGEST_HEADER, readImageHeader, type ImageHeader } from './image-header.ts'
import { UploadFieldsSchema, type UploadFields } from './schemas.ts'
import { spool, type Spool } from './spool.ts'

/** A file that begins as an image of a size that is taken. */
export interface UploadedImage {
  name: string
  header: ImageHeader
  bytes: Spool
}

type Part = ReturnType<FastifyRequest['parts']> extends AsyncIterable<infer P> ? P : never
type FilePart = Extract<Part, { type: 'file' }>

const LONGEST_NAME = 255
/** Control characters, and those that turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu
const MEGA = 1_000_000

/**
 * Reads a form with one image; its parts may come in any order. It is read to its end even if it is refused: a client
 * that is still sending would not receive the reason.
 * @throws 400 not a form with one image and known fields; 413 too large; 422 too many pixels
 */
export async function readUploadForm (request: FastifyRequest, { maxPixels }: { maxPixels: number }): Promise<{ fields: UploadFields, image: UploadedImage }> {
  const fields: Record<string, string | string[]> = {}
  let image: UploadedImage | undefined
  let failure: Error | undefined
  try {
    for await (const part of request.parts()) {
      try {
        if (part.type === 'field') addField(fields, part.fieldname, String(part.value))
        else if (part.fieldname !== 'file' || image) throw new UploadMissing()
        else image = await readImage(part, maxPixels)
      } catch (error) {
        failure ??= error as Error // nothing else is thrown there
        if (part.type === 'file') part.file.resume()
      }
    }
    if (failure) throw failure
    if (!image) throw new UploadMissing()
    const validate = request.compileValidationSchema(UploadFieldsSchema, 'body')
    if (!validate(fields)) throw new ValidationFailed(toFaults(validate.errors ?? [], 'body'))
    return { fields, image }
  } catch (error) {
    await image?.bytes.close()
    throw error
  }
}

/** An empty field of a form is one that was not filled in. Tags come in fields of their own, or several in one. */
function addField (fields: Record<string, string | string[]>, name: string, value: string): void {
  if (value === '') return
  fields[name] = name === 'tags' ? [...fields.tags ?? [], ...value.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '')] : value
}

async function readImage (part: FilePart, maxPixels: number): Promise<UploadedImage> {
  const name = printable(part.filename)
  const seen: { header?: ImageHeader } = {}
  const bytes = await spool(checked(part.file, (header) => {
    if (header === undefined) throw new NotAnImage(name)
    const { width, height } = header
    if (width * height > maxPixels) throw new TooManyPixels(width, height, maxPixels / MEGA)
    seen.header = header
  }))
  if (seen.header && !part.file.truncated) return { name, header: seen.header, bytes }
  await bytes.close()
  throw part.file.truncated ? new PayloadTooLarge() : new NotAnImage(name)
}

/** Passes bytes on once enough of them have come to know what they are. */
async function * checked (source: AsyncIterable<Buffer>, onHeader: (header: ImageHeader | undefined) => void): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of source) {
    if (!head) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    const reading = readImageHeader(head)
    if (reading === 'more' && head.length < LONGEST_HEADER) continue
    onHeader(reading === 'more' ? undefined : reading)
    yield head
    head = undefined
  }
}

/** The last part of a file's name, as it can be shown: a client may send a whole path, and worse. */
function printable (name: string): string {
  const last = name.split(/[/\\]/).at(-1)!.replaceAll(UNPRINTABLE, '').trim()
  return [...last].slice(0, LONGEST_NAME).join('').slice(0, LONGEST_NAME) || 'unnamed'
}
