import { createHash } from 'node:crypto'
import type { ChangeRecord } from '../dynamodb/storage/change-log/change-log.ts'
import type { StreamRecord } from '../dynamodb/storage/change-log/streams.ts'
import { itemSize } from '../dynamodb/values/item-size.ts'

/** A change as GetRecords shows it. */
export interface ShownRecord {
  eventID: string
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  eventVersion: '1.1'
  eventSource: 'aws:dynamodb'
  awsRegion: string
  dynamodb: Record<string, unknown> & { SequenceNumber: string, SizeBytes: number }
  userIdentity?: { PrincipalId: string, Type: string }
}

/**
 * A change record as a stream of a view type shows it.
 * Source: "Record", "StreamRecord" (API reference).
 */
export function showRecord ({ sequence, at, key, before, after, cause }: ChangeRecord, { arn, viewType }: StreamRecord, region: string): ShownRecord {
  const NewImage = viewType.startsWith('NEW') ? after : undefined
  const OldImage = viewType.endsWith('OLD_IMAGE') || viewType === 'NEW_AND_OLD_IMAGES' ? before : undefined
  return {
    eventID: createHash('md5').update(`${arn} ${sequence}`).digest('hex'),
    eventName: !before ? 'INSERT' : after ? 'MODIFY' : 'REMOVE',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at / 1000),
      Keys: key,
      ...(NewImage && { NewImage }),
      ...(OldImage && { OldImage }),
      SequenceNumber: sequence,
      SizeBytes: itemSize(key) + itemSize(NewImage) + itemSize(OldImage),
      StreamViewType: viewType,
    },
    ...(cause === 'ttl' && { userIdentity: { PrincipalId: 'dynamodb.amazonaws.com', Type: 'Service' } }),
  }
}
