import { createHash } from 'node:crypto'
import { firstSequenceOf, lastSequenceBefore, sequenceAfter, timeOfSequence } from '../dynamodb/storage/change-log/sequence.ts'
import { STREAM_RETENTION_MS, type StreamRecord } from '../dynamodb/storage/change-log/streams.ts'

/** A part of a stream: the records of some partition keys in some time. */
export interface Shard {
  readonly id: string
  readonly parent?: string
  readonly first: string
  /** The last sequence number it can have; none while it is open. */
  readonly last?: string
  /** Which share of the partition keys it has: part `part` of `parts`, by hash. */
  readonly part: number
  readonly parts: number
}

/** A shard is closed after so long, and gets a child. */
export const SHARD_LIFE_MS = 4 * 3_600_000

/**
 * The shards of a stream that can be read at a time, in the order of their ids, parents before their children. Nothing of
 * this is stored: it follows from when the stream was created, split and disabled.
 */
export function shardsOf (stream: StreamRecord, now: number): Shard[] {
  const oldest = Math.max(0, now - STREAM_RETENTION_MS)
  const shards: Shard[] = []
  let parent: Generation | undefined
  for (const [split, { at, after, shards: parts }] of stream.splits.entries()) {
    const end = stream.splits[split + 1] ?? stream.disabled
    // Generations that ended before the oldest record that can be read are not listed.
    let number = Math.max(0, Math.floor((Math.min(oldest, end?.at ?? Infinity) - at) / SHARD_LIFE_MS) - 1)
    if (number > 0) parent = { split, start: at + (number - 1) * SHARD_LIFE_MS, parts }
    for (;; number++) {
      const generation = { split, start: at + number * SHARD_LIFE_MS, parts }
      const isLast = end !== undefined && generation.start + SHARD_LIFE_MS >= end.at
      const closes = generation.start + SHARD_LIFE_MS
      const first = number === 0 ? sequenceAfter(after) : firstSequenceOf(generation.start)
      const last = isLast ? end.after : closes <= now ? lastSequenceBefore(closes) : undefined
      for (let part = 0; part < parts; part++) shards.push(shardOf(stream, generation, part, { parent, first, last }))
      parent = generation
      if (isLast || closes > now) break
    }
  }
  return shards.filter(({ last }) => last === undefined || timeOfSequence(last) >= oldest)
}

/** The shards that are open at one time. */
interface Generation { readonly split: number, readonly start: number, readonly parts: number }

function shardOf (stream: StreamRecord, generation: Generation, part: number, { parent, first, last }: { parent: Generation | undefined, first: string, last: string | undefined }): Shard {
  return {
    id: shardId(stream, generation, part),
    first,
    part,
    parts: generation.parts,
    ...(parent && { parent: shardId(stream, parent, Math.floor(part * parent.parts / generation.parts)) }),
    ...(last !== undefined && { last }),
  }
}

/** Whether an item's place, which begins with a hash of its partition key, is in a shard. */
export function isInShard (place: string, { part, parts }: Shard): boolean {
  return parts === 1 || Math.floor(Number.parseInt(place.slice(0, 4), 16) * parts / 0x10000) === part
}

/** Ids sort by time, then by split, then by part, so that parents come before their children. */
function shardId ({ arn }: StreamRecord, { split, start }: Generation, part: number): string {
  const hash = createHash('md5').update(`${arn} ${start} ${split} ${part}`).digest('hex')
  return `shardId-${String(start).padStart(15, '0')}${String(split).padStart(5, '0')}-${part.toString(16).padStart(3, '0')}${hash.slice(0, 5)}`
}
