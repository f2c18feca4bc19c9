import { promisify } from 'node:util'
import { deflate, gunzip, gzip, inflate } from 'node:zlib'
import { BodyTooLarge } from '../wire.ts'

type Transform = (bytes: Uint8Array, options: { maxOutputLength?: number }) => Promise<Buffer>

/** The supported codings of HTTP bodies, the preferred one first. */
const CODINGS = {
  gzip: { pack: promisify<Uint8Array, object, Buffer>(gzip), unpack: promisify<Uint8Array, object, Buffer>(gunzip) },
  deflate: { pack: promisify<Uint8Array, object, Buffer>(deflate), unpack: promisify<Uint8Array, object, Buffer>(inflate) },
} satisfies Record<string, { pack: Transform, unpack: Transform }>

/** A coding of bodies, as `Content-Encoding` names it. */
export type Coding = keyof typeof CODINGS

const NAMES = Object.keys(CODINGS) as Coding[] // its own keys

const isCoding = (name: string): name is Coding => Object.hasOwn(CODINGS, name)

/** A body that does not match its `Content-Encoding`, or an encoding that is not supported. */
export class UnreadableBody extends Error {}

/**
 * Decompresses a body.
 * @param limit  of the result in bytes: a small body can contain a very large one
 * @throws {@link UnreadableBody}, {@link BodyTooLarge}
 */
export async function unpack (body: Uint8Array, contentEncoding: string, limit: number): Promise<Buffer> {
  const coding = contentEncoding.trim().toLowerCase()
  if (!isCoding(coding)) throw new UnreadableBody(`No coding is called ${contentEncoding}`)
  try {
    return await CODINGS[coding].unpack(body, { maxOutputLength: limit })
  } catch (error) {
    if (error instanceof RangeError) throw new BodyTooLarge(`The body is larger than ${limit} bytes`)
    throw new UnreadableBody(`The body is not in the coding ${coding}`, { cause: error })
  }
}

export const pack = (body: Uint8Array, coding: Coding): Promise<Buffer> => CODINGS[coding].pack(body, {})

/**
 * The coding that an `Accept-Encoding` likes best; `undefined` when it takes none of ours. `identity` is not weighed, and
 * of equal weights the first that is named wins, as DynamoDB has it
 * (seen by https://github.com/scylladb/scylladb/blob/master/test/alternator/test_compressed_response.py).
 */
export function chooseCoding (acceptEncoding: string): Coding | undefined {
  const weights = new Map<string, number>()
  for (const entry of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim())
    weights.set(name, Math.max(weights.get(name) ?? 0, weightOf(parameters)))
  }
  const named = [...weights.keys()].filter(isCoding)
  let best: Coding | undefined
  let bestWeight = 0
  for (const coding of [...named, ...NAMES]) {
    const weight = weights.get(coding) ?? weights.get('*') ?? 0
    if (weight > bestWeight) [best, bestWeight] = [coding, weight]
  }
  return best
}

/** A weight that is unreadable or over 1 is ignored. */
function weightOf (parameters: string[]): number {
  for (const parameter of parameters) {
    const value = /^q=\s*(.*)$/.exec(parameter)?.[1]
    if (value === undefined) continue
    const weight = Number(value)
    return Number.isNaN(weight) ? 1 : Math.min(Math.max(weight, 0), 1)
  }
  return 1
}
