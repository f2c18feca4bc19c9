import { createHash } from 'node:crypto'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { Value } from 'typebox/value'
import type { RawItem } from '../repositories/migration-tables.ts'
import { FaceRecordSchema, type FaceRecord, type Registration } from '../schemas.ts'

/** Used where neither the history nor a registration has a value. */
const NOT_RECORDED = 'unknown'
const SOURCE = 'face-verification-api'

const SECONDS_A_DAY = 86_400
const STATUSES = ['success', 'failed', 'pending'] as const
const QUALITIES = ['HIGH', 'MEDIUM', 'LOW'] as const

/** A validation that cannot become a record. The message says why. */
export class UnfitValidation extends Error {
  override name = 'UnfitValidation'
}

/** An item of the history of any age: members may be missing, or written as in seed 000 (`high`). */
export interface OldValidation {
  userId: string
  registrationId: string
  status: typeof STATUSES[number]
  /** Epoch milliseconds; NaN if it has no time. */
  time: number
  /** Epoch seconds. */
  expiresAt: number | undefined
  members: Record<string, unknown>
}

/** @param matchThreshold  confidence from which an item without a status counts as a success */
export function readValidation (item: RawItem, matchThreshold: number): OldValidation {
  const members: Record<string, unknown> = unmarshall(item)
  const { comparisonResult, confidence, expiresAt } = members
  const isMatch = objectOf(comparisonResult).isMatch ?? Number(confidence) >= matchThreshold
  return {
    userId: String(members.userId),
    registrationId: String(members.registrationId),
    status: STATUSES.find((status) => status === textOf(members.validationStatus)?.toLowerCase()) ?? (isMatch === true ? 'success' : 'failed'),
    time: Date.parse(String(members.timestamp)),
    expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
    members,
  }
}

/** Whether one of a user's validations is preferred to another: a successful one, and of several the latest. */
export function isBetter (one: OldValidation, other: OldValidation | undefined): boolean {
  if (!other) return true
  const [succeeded, otherSucceeded] = [one.status === 'success', other.status === 'success']
  if (succeeded !== otherSucceeded) return succeeded
  return Number.isNaN(other.time) || one.time > other.time
}

/** Values that the registration has to supply if the validation lacks them. */
export const lacksMembers = ({ members }: OldValidation): boolean =>
  [members.name, members.faceId, members.storedFaceKey, objectOf(members.metadata).eventId ?? members.eventId].some((member) => textOf(member) === undefined)

/**
 * The one record that a validation becomes: without `registrationId` and `expiresAt`, with `faceId` and `name`. It is the
 * same each time, so that a migration recognizes its own records.
 * @param options.registration  values of the registration
 * @param options.expiresAt     of the new record, in epoch seconds, if records expire
 * @throws {@link UnfitValidation}
 */
export function recordOf (validation: OldValidation, options: { registration?: Partial<Registration>, expiresAt?: number }): FaceRecord {
  const { userId, registrationId, members, status, time } = validation
  const { registration = {}, expiresAt } = options
  if (Number.isNaN(time)) throw new UnfitValidation('its timestamp is not a time')
  const at = new Date(time).toISOString()
  const compared = objectOf(members.comparisonResult)
  const metadata = objectOf(members.metadata)
  const confidence = members.confidence ?? (typeof compared.similarity === 'number' ? compared.similarity * 100 : undefined)
  const draft = Value.Clean(FaceRecordSchema, {
    ...members,
    userId,
    faceId: textOf(members.faceId) ?? registration.faceId ?? `face_${time}_${createHash('sha256').update(`${userId}\0${registrationId}`).digest('hex').slice(0, 8)}`,
    name: textOf(members.name) ?? registration.name ?? userId,
    validationStatus: status,
    confidence,
    quality: QUALITIES.find((quality) => quality === textOf(members.quality)?.toUpperCase()) ?? 'LOW',
    faceImageKey: textOf(members.faceImageKey) ?? NOT_RECORDED,
    storedFaceKey: textOf(members.storedFaceKey) ?? registration.storedFaceKey ?? NOT_RECORDED,
    comparisonResult: { similarity: compared.similarity ?? Number(confidence) / 100, isMatch: compared.isMatch ?? status === 'success' },
    attributes: objectOf(members.attributes),
    timestamp: at,
    createdAt: isoOf(members.createdAt) ?? at,
    updatedAt: isoOf(members.updatedAt) ?? at,
    metadata: {
      source: textOf(metadata.source) ?? SOURCE,
      ipAddress: textOf(metadata.ipAddress) ?? NOT_RECORDED,
      eventId: textOf(metadata.eventId) ?? textOf(members.eventId) ?? registration.eventId ?? NOT_RECORDED,
    },
    expiresAt,
  })
  if (!Value.Check(FaceRecordSchema, draft)) {
    const [fault] = Value.Errors(FaceRecordSchema, draft)
    throw new UnfitValidation(`${fault?.instancePath.slice(1).replaceAll('/', '.') || 'it'} ${fault?.message}`)
  }
  return draft
}

/** When a record that is created now expires; `undefined` if records do not. */
export const expiryAt = (nowSeconds: number, ttlDays: number): number | undefined => ttlDays > 0 ? nowSeconds + ttlDays * SECONDS_A_DAY : undefined

const textOf = (value: unknown): string | undefined => typeof value === 'string' && value !== '' ? value : undefined
const objectOf = (value: unknown): Record<string, unknown> => typeof value === 'object' && value !== null ? value as Record<string, unknown> : {} // it is one

function isoOf (value: unknown): string | undefined {
  const time = Date.parse(String(value))
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}
