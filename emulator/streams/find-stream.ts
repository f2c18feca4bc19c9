import type { StreamRecord } from '../dynamodb/storage/change-log/streams.ts'
import { firstSequenceOf, timeOfSequence } from '../dynamodb/storage/change-log/sequence.ts'
import { STREAM_RETENTION_MS } from '../dynamodb/storage/change-log/streams.ts'
import type { StreamsContext } from './context.ts'
import { invalidStreamArn, streamNotFound } from './errors.ts'
import { shardsOf, type Shard } from './shards.ts'

const ARN = /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[a-zA-Z0-9_.-]{3,255}\/stream\/[0-9T:.-]+$/

/** @throws ValidationException for an ARN that is not a stream's */
export function checkStreamArn (arn: string): void {
  if (!ARN.test(arn)) throw invalidStreamArn(arn)
}

/** @throws ResourceNotFoundException if there is no such stream, or it ended more than a day ago */
export function findStream (arn: string, { store, notes }: StreamsContext): StreamRecord {
  const stream = store.streams.get(arn)
  notes.resource = stream?.table ?? arn
  if (!stream) throw streamNotFound(arn)
  return stream
}

/** The shards of a stream. A clock that is moved back does not reopen those that have records already. */
export function readableShards (stream: StreamRecord, ctx: StreamsContext): Shard[] {
  return shardsOf(stream, Math.max(ctx.clock.now(), timeOfSequence(ctx.store.changeLog.lastSequence)))
}

/** The sequence number from which records can be read. */
export function trimHorizon ({ clock }: StreamsContext): string {
  return firstSequenceOf(Math.max(0, clock.now() - STREAM_RETENTION_MS))
}
