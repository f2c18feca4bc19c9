import { createHash } from 'node:crypto'
import type { XmlElements } from '../../core/protocol/xml.ts'
import { invalidArgument, invalidRequest, malformedXml, notEmulated, type S3Error } from '../errors.ts'
import type { XmlDocument } from '../requests/document-body.ts'
import { childrenOf, integerOf, listOf, requiredText, textOf, wordOf } from '../requests/document-reading.ts'
import type { BucketRecord, ObjectRecord, Tag } from '../storage/records.ts'

/** Which objects a rule is about: all that meet everything that is given. */
export interface LifecycleFilter {
  prefix?: string
  tags?: readonly Tag[]
  /** Bytes, exclusive. */
  largerThan?: number
  smallerThan?: number
}

/** One rule of a bucket's lifecycle configuration. Days count to the next midnight UTC. */
export interface LifecycleRule {
  id: string
  enabled: boolean
  filter: LifecycleFilter
  /** How the filter was written, so that it is returned in the same way. */
  filterAs: 'Filter' | 'And' | 'Prefix'
  expiration?: { days?: number, date?: number, expiredMarkers?: boolean }
  noncurrent?: { days: number, newer?: number }
  abortDays?: number
}

const MOST_RULES = 1000
const LONGEST_ID = 255
const MOST_NEWER = 100
export const DAY_MS = 24 * 60 * 60 * 1000

/**
 * The rules of a `LifecycleConfiguration`.
 * @throws MalformedXML, InvalidArgument, InvalidRequest, NotImplemented for transitions
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
 */
export function readLifecycle (document: XmlDocument): LifecycleRule[] {
  const elements = listOf(childrenOf(document, ['Rule']).Rule)
  if (elements.length === 0 || elements.length > MOST_RULES) throw malformedXml()
  const rules = elements.map(readRule)
  if (new Set(rules.map(({ id }) => id)).size < rules.length) throw refused('Rule ID must be unique. Found same ID for more than one rule')
  return rules
}

const refused = (message: string, name = 'Rule'): S3Error => invalidArgument(message, name)

function readRule (element: unknown, index: number): LifecycleRule {
  const found = childrenOf(element, ['ID', 'Status', 'Filter', 'Prefix', 'Expiration', 'NoncurrentVersionExpiration', 'AbortIncompleteMultipartUpload', 'Transition', 'NoncurrentVersionTransition'])
  for (const name of ['Transition', 'NoncurrentVersionTransition'] as const) if (found[name] !== undefined) throw notEmulated({ element: `LifecycleConfiguration.Rule.${name}` })
  const id = textOf(found.ID) || createHash('sha256').update(`${index} ${JSON.stringify(element)}`).digest('base64url')
  if (id.length > LONGEST_ID) throw refused(`ID length should not exceed allowed limit of ${LONGEST_ID}`)
  if ((found.Filter === undefined) === (found.Prefix === undefined)) throw malformedXml()
  const { filter, filterAs } = found.Filter === undefined ? { filter: prefixOf(found.Prefix), filterAs: 'Prefix' as const } : readFilter(found.Filter)
  const rule: LifecycleRule = {
    id,
    enabled: wordOf(found.Status, ['Enabled', 'Disabled']) === 'Enabled',
    filter,
    filterAs,
    ...(found.Expiration === undefined ? {} : { expiration: readExpiration(found.Expiration) }),
    ...(found.NoncurrentVersionExpiration === undefined ? {} : { noncurrent: readNoncurrent(found.NoncurrentVersionExpiration) }),
    ...(found.AbortIncompleteMultipartUpload === undefined ? {} : { abortDays: readAbort(found.AbortIncompleteMultipartUpload) }),
  }
  if (!rule.expiration && !rule.noncurrent && rule.abortDays === undefined) throw invalidRequest('At least one action needs to be specified in a rule.')
  const limited = filter.tags !== undefined || filter.largerThan !== undefined || filter.smallerThan !== undefined
  if (filter.tags && rule.abortDays !== undefined) throw invalidRequest('AbortIncompleteMultipartUpload cannot be specified with Tags.')
  if (limited && !filter.tags && rule.abortDays !== undefined) throw invalidRequest('AbortIncompleteMultipartUpload cannot be specified with Object Size.')
  if (filter.tags && rule.expiration?.expiredMarkers) throw invalidRequest('ExpiredObjectDeleteMarker cannot be specified with Tags.')
  return rule
}

const prefixOf = (element: unknown): LifecycleFilter => {
  const prefix = textOf(element) ?? ''
  return prefix === '' ? {} : { prefix }
}

const PARTS = ['Prefix', 'Tag', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan'] as const

function readFilter (element: unknown): { filter: LifecycleFilter, filterAs: 'Filter' | 'And' } {
  const { And, ...single } = childrenOf(element, [...PARTS, 'And'])
  if (And !== undefined && Object.keys(single).length > 0) throw malformedXml()
  const parts = And === undefined ? single : childrenOf(And, PARTS)
  const tags = listOf(parts.Tag).map((tag) => {
    const { Key, Value } = childrenOf(tag, ['Key', 'Value'])
    return { Key: requiredText(Key), Value: requiredText(Value) }
  })
  const count = Object.keys(parts).length - (tags.length > 0 ? 1 : 0) + tags.length
  if (And === undefined ? count > 1 : count < 2) throw malformedXml()
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw refused('Duplicate Tag Keys are not allowed.')
  const largerThan = integerOf(parts.ObjectSizeGreaterThan)
  const smallerThan = integerOf(parts.ObjectSizeLessThan)
  if ((largerThan ?? 0) < 0 || (smallerThan ?? 1) < 1) throw malformedXml()
  if (largerThan !== undefined && smallerThan !== undefined && largerThan >= smallerThan) throw invalidRequest('\'ObjectSizeLessThan\' has to be a value greater than \'ObjectSizeGreaterThan\'.')
  return {
    filter: {
      ...prefixOf(parts.Prefix),
      ...(tags.length === 0 ? {} : { tags }),
      ...(largerThan === undefined ? {} : { largerThan }),
      ...(smallerThan === undefined ? {} : { smallerThan }),
    },
    filterAs: And === undefined ? 'Filter' : 'And',
  }
}

function positive (element: unknown, message: string): number {
  const number = integerOf(element)
  if (number === undefined) throw malformedXml()
  if (number < 1) throw refused(message)
  return number
}

function readExpiration (element: unknown): NonNullable<LifecycleRule['expiration']> {
  const { Days, Date: date, ExpiredObjectDeleteMarker: markers } = childrenOf(element, ['Days', 'Date', 'ExpiredObjectDeleteMarker'])
  if ([Days, date, markers].filter((part) => part !== undefined).length !== 1) throw malformedXml()
  if (Days !== undefined) return { days: positive(Days, '\'Days\' for Expiration action must be a positive integer') }
  if (markers !== undefined) return { expiredMarkers: wordOf(markers, ['true', 'false']) === 'true' }
  const time = Date.parse(requiredText(date))
  if (Number.isNaN(time)) throw malformedXml()
  if (time % DAY_MS !== 0) throw refused('\'Date\' must be at midnight GMT', 'Date')
  return { date: time }
}

function readNoncurrent (element: unknown): NonNullable<LifecycleRule['noncurrent']> {
  const { NoncurrentDays, NewerNoncurrentVersions } = childrenOf(element, ['NoncurrentDays', 'NewerNoncurrentVersions'])
  const days = positive(NoncurrentDays, '\'NoncurrentDays\' for NoncurrentVersionExpiration action must be a positive integer')
  const newer = NewerNoncurrentVersions === undefined ? undefined : positive(NewerNoncurrentVersions, '\'NewerNoncurrentVersions\' for NoncurrentVersionExpiration action must be a positive integer')
  if (newer !== undefined && newer > MOST_NEWER) throw refused(`'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be less than or equal to ${MOST_NEWER}`)
  return newer === undefined ? { days } : { days, newer }
}

const readAbort = (element: unknown): number =>
  positive(childrenOf(element, ['DaysAfterInitiation']).DaysAfterInitiation, '\'DaysAfterInitiation\' for AbortIncompleteMultipartUpload action must be a positive integer')

/** The content of a `LifecycleConfiguration`. */
export const lifecycleElements = (rules: readonly LifecycleRule[]): XmlElements => ({
  Rule: rules.map(({ id, enabled, filter: { prefix, tags, largerThan, smallerThan }, filterAs, expiration, noncurrent, abortDays }) => {
    const parts = { Prefix: prefix, Tag: tags?.map(({ Key, Value }) => ({ Key, Value })), ObjectSizeGreaterThan: largerThan, ObjectSizeLessThan: smallerThan }
    return {
      ID: id,
      ...(filterAs === 'Prefix' ? { Prefix: prefix ?? '' } : { Filter: filterAs === 'And' ? { And: parts } : parts }),
      Status: enabled ? 'Enabled' : 'Disabled',
      Expiration: expiration && {
        Days: expiration.days,
        Date: expiration.date === undefined ? undefined : new Date(expiration.date).toISOString(),
        ExpiredObjectDeleteMarker: expiration.expiredMarkers,
      },
      NoncurrentVersionExpiration: noncurrent && { NewerNoncurrentVersions: noncurrent.newer, NoncurrentDays: noncurrent.days },
      AbortIncompleteMultipartUpload: abortDays === undefined ? undefined : { DaysAfterInitiation: abortDays },
    }
  }),
})

/** The midnight UTC at which something that happened at a time is so many days old. */
export const dueAt = (since: number, days: number): number => Math.ceil((since + days * DAY_MS) / DAY_MS) * DAY_MS

/** Whether a rule is about an object. */
export function concerns ({ filter: { prefix = '', tags = [], largerThan = -1, smallerThan = Infinity } }: LifecycleRule, { key, size, tags: own = [] }: ObjectRecord): boolean {
  return key.startsWith(prefix) && size > largerThan && size < smallerThan &&
    tags.every(({ Key, Value }) => own.some((tag) => tag.Key === Key && tag.Value === Value))
}

/** When a rule deletes the current version of an object, epoch ms. */
export function expiryOf (rule: LifecycleRule, object: ObjectRecord): number | undefined {
  const { days, date } = rule.expiration ?? {}
  if (!rule.enabled || !concerns(rule, object)) return undefined
  return days === undefined ? date : dueAt(object.lastModified, days)
}

/** The header that says when an object will expire; none for an older version. */
export function expirationHeader ({ settings }: BucketRecord, object: ObjectRecord): Record<string, string> {
  if (!settings?.lifecycle || object.noncurrentSince !== undefined) return {}
  let first: { at: number, id: string } | undefined
  for (const rule of settings.lifecycle) {
    const at = expiryOf(rule, object)
    if (at !== undefined && (!first || at < first.at)) first = { at, id: rule.id }
  }
  return first ? { 'x-amz-expiration': `expiry-date="${new Date(first.at).toUTCString()}", rule-id="${encodeURIComponent(first.id)}"` } : {}
}
