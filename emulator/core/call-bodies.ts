import { Readable } from 'node:stream'
import type { CallNotes } from './traced-call.ts'

/** What a call was given and what it was answered, as JSON that may be cut. */
export interface Bodies {
  input: string
  output?: string
}

/** Characters of JSON that are kept of each. */
const MOST_CHARACTERS = 64 * 1024

/** Inputs and outputs of calls, for as long as the trace has the calls. It costs time and memory, and so it is off by default. */
export class CallBodies {
  readonly #kept = new WeakMap<CallNotes, Bodies>()

  /** At once: what a call was given may change afterwards. */
  keep (notes: CallNotes, input: unknown, output: unknown): void {
    this.#kept.set(notes, { input: toJson(input), ...output !== undefined && { output: toJson(output) } })
  }

  of (notes: CallNotes): Bodies | undefined {
    return this.#kept.get(notes)
  }
}

function toJson (value: unknown): string {
  let json: string
  try {
    json = JSON.stringify(value, replace) ?? 'null'
  } catch {
    json = '"(cannot be shown)"' // what refers to itself
  }
  return json.length > MOST_CHARACTERS ? json.slice(0, MOST_CHARACTERS) : json
}

/** Bytes in Base64, and of streams only that they are there. */
function replace (_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, MOST_CHARACTERS)).toString('base64')
  if (value instanceof URLSearchParams) return Object.fromEntries(value)
  if (value instanceof Map) return Object.fromEntries(value) as object
  if (value instanceof Error) return { error: 'code' in value ? value.code : value.name, message: value.message }
  if (value instanceof Readable || (typeof value === 'object' && value !== null && Symbol.asyncIterator in value)) return '(bytes)'
  if (typeof value === 'bigint') return String(value)
  // Node's form of bytes, which it gives before this is called.
  if (isBufferJson(value)) return Buffer.from(value.data.slice(0, MOST_CHARACTERS)).toString('base64')
  return value
}

function isBufferJson (value: unknown): value is { data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value && Array.isArray(value.data)
}
