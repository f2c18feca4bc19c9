import type { DynamodbContext } from '../context.ts'
import { notAuthorized, resourceNotFound, validation } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { Shape } from '../requests/shapes.ts'
import { isUsable, type TableRecord } from './table-record.ts'

export interface Tag { Key?: string, Value?: string }

export const tagList = {
  type: 'List',
  children: { type: 'ValueStruct<Tag>', notNull: true, children: { Key: 'String', Value: 'String' } },
} satisfies Shape

/** Letters, digits and spaces of any script, and a few signs. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

const KEY_LENGTH = 128
const VALUE_LENGTH = 256

/** @throws ValidationException for an invalid tag, a duplicate key, or too many tags */
export function checkTags (tags: readonly Tag[], limits: Limits): void {
  const keys = new Set<string>()
  for (const { Key, Value } of tags) {
    checkTagKey(Key)
    if (Value === undefined || Value.length > VALUE_LENGTH || !TAG_TEXT.test(Value)) throw validation(`The Tag Value provided is invalid, Value: ${Value ?? null}`)
    if (keys.has(Key!)) throw validation(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${Key}`)
    keys.add(Key!)
  }
  checkTagCount(tags.length, limits)
}

export function checkTagKey (key: string | undefined): void {
  if (key?.toLowerCase().startsWith('aws:')) throw validation(`Tag Key cannot be prefixed with aws:, Key: ${key}`)
  if (!key || key.length > KEY_LENGTH || !TAG_TEXT.test(key)) throw validation(`The Tag Key provided is invalid, Key: ${key ?? null}`)
}

export function checkTagCount (count: number, { tagsPerResource }: Limits): void {
  if (count > tagsPerResource) throw validation('Number of Tags exceed the current limit for the provided ResourceArn')
}

/** Checked tags, as a table stores them. */
export function tagsOf (tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value!]))
}

/** @throws AWS's error unless it is the ARN of a table */
export function checkResourceArn (arn: string | undefined, action: string, { account, region }: DynamodbContext): void {
  if (arn === undefined) throw validation('Invalid TableArn')
  if (!arn.startsWith('arn:')) throw validation(`One or more parameter values were invalid: ARNs must start with 'arn:': ${arn}`)
  const [, , service, arnRegion, arnAccount, ...resource] = arn.split(':')
  if (service !== 'dynamodb') throw validation(`One or more parameter values were invalid: Provided Arn is not a DynamoDB resource arn: ${arn}`)
  if (!/^table\/[a-zA-Z0-9_.-]{3,255}$/.test(resource.join(':'))) {
    throw validation(`One or more parameter values were invalid: Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}`)
  }
  if (arnRegion !== region) throw validation(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`)
  if (arnAccount !== account) throw notAuthorized({ account, action, resource: arn })
}

/**
 * The table that a checked ARN names, as the tag operations find it.
 * @throws ResourceNotFoundException also while it is being created or deleted
 */
export function taggedTable (arn: string, { store, startedAt, notes }: DynamodbContext): TableRecord {
  const name = arn.slice(arn.indexOf('/') + 1)
  notes.resource = name
  const table = store.tables.get(name)
  if (!table || !isUsable(table, startedAt)) throw resourceNotFound(`Requested resource not found: ResourceArn: ${arn} not found`)
  return table
}
