import { invalidIterator } from './errors.ts'

/** A position in a shard, as clients carry it. */
export interface ShardIterator {
  readonly stream: string
  readonly shard: string
  /** The sequence number from which it reads on. */
  readonly from: string
  /** Whether that record itself is passed over. */
  readonly after?: boolean
  /** It reads from the oldest record that there is, whatever has been trimmed. */
  readonly oldest?: boolean
  /** Epoch ms. */
  readonly madeAt: number
}

/** Iterators expire after so long. */
export const ITERATOR_LIFE_MS = 15 * 60_000

export function writeIterator (iterator: ShardIterator): string {
  return `${iterator.stream}|1|${Buffer.from(JSON.stringify(iterator)).toString('base64')}`
}

/** @throws ValidationException unless it was made by {@link writeIterator} */
export function readIterator (text: string): ShardIterator {
  try {
    const iterator = JSON.parse(Buffer.from(text.split('|')[2] ?? '', 'base64').toString()) as Partial<ShardIterator>
    const { stream, shard, from, madeAt } = iterator
    if (typeof stream !== 'string' || typeof shard !== 'string' || typeof madeAt !== 'number' || typeof from !== 'string' || !/^\d{21,40}$/.test(from)) throw invalidIterator()
    return iterator as ShardIterator // its members are as above
  } catch {
    throw invalidIterator()
  }
}
