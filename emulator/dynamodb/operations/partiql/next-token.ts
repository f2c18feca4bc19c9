import { createHash } from 'node:crypto'
import type { Range } from '../../../core/storage/database.ts'
import { validation } from '../../errors.ts'
import type { SelectPlan } from '../../partiql/select-plan.ts'
import { checkStartKey, checkStartShape, startPlace } from '../../requests/start-key.ts'
import { faultOf } from '../../values/check-value.ts'
import type { Item } from '../../values/item.ts'
import type { StatementRequest } from './statement-request.ts'

/** Where a SELECT goes on: in which of its ranges, and after which key. */
export interface PagePosition { readonly range: number, readonly key: Item }

interface Token extends PagePosition { readonly digest: string }

/** A token that continues the same statement with the same parameters. */
export function nextToken (request: StatementRequest, { range, key }: PagePosition): string {
  return Buffer.from(JSON.stringify({ digest: digestOf(request), range, key } satisfies Token)).toString('base64')
}

/**
 * The position that a token holds.
 * @throws ValidationException for a token of another statement, or none of ours
 */
export function positionOf (token: string, request: StatementRequest, plan: SelectPlan): PagePosition {
  const { digest, range, key } = decoded(token)
  if (digest !== digestOf(request)) throw validation('NextToken does not match request')
  const bounds = plan.ranges[range]
  if (!bounds || !isStart(key, bounds, plan)) throw invalid()
  return { range, key }
}

/** The part of a range that lies behind a position in it. */
export function rangeAfter (range: Range, key: Item, { table, index }: SelectPlan): Range {
  const place = startPlace(key, table, index)
  const { reverse, gte, lt } = range
  return reverse ? { reverse, ...(gte !== undefined && { gte }), lt: place } : { reverse, gt: place, ...(lt !== undefined && { lt }) }
}

const invalid = () => validation('Invalid NextToken')

function digestOf ({ Statement, Parameters = [] }: StatementRequest): string {
  return createHash('sha256').update(JSON.stringify([Statement, Parameters])).digest('base64')
}

function decoded (token: string): Token {
  try {
    const { digest, range, key } = JSON.parse(Buffer.from(token, 'base64').toString()) as Partial<Token> // every member is looked at
    if (typeof digest === 'string' && typeof range === 'number' && typeof key === 'object') return { digest, range, key }
  } catch {} // not even JSON
  throw invalid()
}

/** Whether it is a key of the table or index that lies in the range. */
function isStart (key: Item, { gte = '', lt = '~' }: Range, { table, index }: SelectPlan): boolean {
  try {
    if (Object.values(key).some((value) => faultOf(value, { nestingLevels: 1 }) !== undefined)) return false
    checkStartShape(key, table, index, { schema: index?.KeySchema ?? table.KeySchema, message: '' })
    checkStartKey(key, table)
    const place = startPlace(key, table, index)
    return place >= gte && place < lt
  } catch {
    return false
  }
}
