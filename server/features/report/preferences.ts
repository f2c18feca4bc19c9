import type { Fault } from '../../core/errors.ts'
import { writeExactly } from '../../core/exact-json.ts'
import type { Preferences } from './schemas.ts'

const MOST_BYTES = 10 * 1024
/** DynamoDB takes 32 levels in an item: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MOST_LEVELS = 31

/** Why preferences cannot be stored as they are; beside their numbers, which are checked where they are read. */
export function preferencesFaults (preferences: Preferences, path: string): Fault[] {
  if (isDeeper(preferences, MOST_LEVELS)) return [{ path, reason: `must have at most ${MOST_LEVELS} levels` }]
  const bytes = Buffer.byteLength(writeExactly(preferences))
  if (bytes > MOST_BYTES) return [{ path, reason: `must have at most ${MOST_BYTES} bytes as JSON, and has ${bytes}` }]
  return hasBadName(preferences) ? [{ path, reason: 'must not have a member whose name is empty or __proto__' }] : []
}

/**
 * The same JSON with each object as a Map: the SDK takes an object for what its member `constructor` says it is, and
 * clients may name members as they like.
 */
export function toMap (preferences: Preferences): Map<string, unknown> {
  return new Map(Object.entries(preferences).map(([name, value]) => [name, mapsIn(value)]))
}

function mapsIn (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapsIn)
  return isObject(value) ? toMap(value) : value
}

function isDeeper (value: unknown, levels: number): boolean {
  if (!Array.isArray(value) && !isObject(value)) return false
  return levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1))
}

function hasBadName (value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasBadName)
  return isObject(value) && Object.entries(value).some(([name, one]) => name === '' || name === '__proto__' || hasBadName(one))
}

/** An object of JSON: numbers with all their digits are instances of a class. */
const isObject = (value: unknown): value is Preferences =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
