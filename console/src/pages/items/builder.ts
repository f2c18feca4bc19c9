import type { AttributeValue, QueryCommandInput, ScanCommandInput, TableDescription } from '@aws-sdk/client-dynamodb'
import { keysOf, typeOf } from '../tables/describe.ts'

/** One comparison of a filter. */
export interface Condition {
  attribute: string
  operator: string
  /** Of the value. */
  type: string
  value: string
}

/** What is asked of a table: the state of the page, as its address has it. */
export interface Search {
  mode: 'scan' | 'query' | 'partiql'
  index: string
  /** Values of the hash and range key attributes, by name. */
  keys: Readonly<Record<string, string>>
  rangeOperator: string
  /** The second value of BETWEEN. */
  rangeTo: string
  filters: readonly Condition[]
  descending: boolean
  consistent: boolean
  limit: number
  statement: string
}

export const RANGE_OPERATORS = ['=', '<', '<=', '>', '>=', 'BETWEEN', 'begins_with'] as const
export const FILTER_OPERATORS = ['=', '<>', '<', '<=', '>', '>=', 'begins_with', 'contains', 'attribute_exists', 'attribute_not_exists'] as const
export const FILTER_TYPES = ['S', 'N', 'BOOL', 'NULL'] as const

/** A value of a simple type, from what was typed. */
export function valueOf (type: string, text: string): AttributeValue {
  if (type === 'N') return { N: text }
  if (type === 'BOOL') return { BOOL: text === 'true' }
  if (type === 'NULL') return { NULL: true }
  if (type === 'B') return { B: Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) }
  return { S: text }
}

export type SearchInput = (QueryCommandInput | ScanCommandInput) & { TableName: string }

/** The input of Query or Scan that a search stands for. */
export function inputOf (search: Search, table: TableDescription): SearchInput {
  const names: Record<string, string> = {}
  const values: Record<string, AttributeValue> = {}
  const name = (attribute: string): string => {
    const known = Object.entries(names).find(([, one]) => one === attribute)
    if (known) return known[0]
    const placeholder = `#${/^\w+$/.test(attribute) ? attribute : `n${Object.keys(names).length}`}`
    names[placeholder] = attribute
    return placeholder
  }
  const value = (type: string, text: string): string => {
    const placeholder = `:v${Object.keys(values).length}`
    values[placeholder] = valueOf(type, text)
    return placeholder
  }
  const compare = (attribute: string, operator: string, type: string, text: string, to = ''): string => {
    if (operator === 'BETWEEN') return `${name(attribute)} BETWEEN ${value(type, text)} AND ${value(type, to)}`
    if (operator.startsWith('attribute_')) return `${operator}(${name(attribute)})`
    if (operator === 'begins_with' || operator === 'contains') return `${operator}(${name(attribute)}, ${value(type, text)})`
    return `${name(attribute)} ${operator} ${value(type, text)}`
  }
  const keyConditions: string[] = []
  if (search.mode === 'query') {
    const { hash, range } = keysOf(schemaOf(table, search.index))
    for (const key of hash) keyConditions.push(compare(key, '=', typeOf(table, key), search.keys[key] ?? ''))
    const given = range.filter((key) => (search.keys[key] ?? '') !== '')
    for (const [place, key] of given.entries()) {
      const isLast = place === given.length - 1
      keyConditions.push(compare(key, isLast ? search.rangeOperator : '=', typeOf(table, key), search.keys[key] ?? '', search.rangeTo))
    }
  }
  const filters = search.filters.filter(({ attribute }) => attribute !== '').map(({ attribute, operator, type, value }) => compare(attribute, operator, type, value))
  return {
    TableName: table.TableName ?? '',
    ...search.index !== '' && { IndexName: search.index },
    ...keyConditions.length > 0 && { KeyConditionExpression: keyConditions.join(' AND ') },
    ...filters.length > 0 && { FilterExpression: filters.join(' AND ') },
    ...Object.keys(names).length > 0 && { ExpressionAttributeNames: names },
    ...Object.keys(values).length > 0 && { ExpressionAttributeValues: values },
    ...search.mode === 'query' && search.descending && { ScanIndexForward: false },
    ...search.consistent && { ConsistentRead: true },
    Limit: search.limit,
    ReturnConsumedCapacity: 'INDEXES',
  }
}

/** The keys of an index, or of the table for `''`. */
export function schemaOf (table: TableDescription, index: string): TableDescription['KeySchema'] {
  if (index === '') return table.KeySchema
  return [...table.GlobalSecondaryIndexes ?? [], ...table.LocalSecondaryIndexes ?? []].find(({ IndexName }) => IndexName === index)?.KeySchema
}

export const indexesOf = (table: TableDescription): string[] =>
  [...table.GlobalSecondaryIndexes ?? [], ...table.LocalSecondaryIndexes ?? []].map(({ IndexName = '' }) => IndexName)

/** Reads a search from the parameters of an address. */
export function readSearch (params: URLSearchParams): Search {
  const mode = params.get('mode')
  const keys: Record<string, string> = {}
  for (const [name, value] of params) if (name.startsWith('key.')) keys[name.slice(4)] = value
  return {
    mode: mode === 'query' || mode === 'partiql' ? mode : 'scan',
    index: params.get('index') ?? '',
    keys,
    rangeOperator: params.get('range') ?? '=',
    rangeTo: params.get('to') ?? '',
    filters: params.getAll('where').map(readCondition),
    descending: params.has('descending'),
    consistent: params.has('consistent'),
    limit: Math.min(Math.max(Math.trunc(Number(params.get('limit') ?? 50)) || 50, 1), 1000),
    statement: params.get('statement') ?? '',
  }
}

/** `attribute|operator|type|value`, in which the attribute is percent-encoded. */
const writeCondition = ({ attribute, operator, type, value }: Condition): string => `${encodeURIComponent(attribute)}|${operator}|${type}|${value}`

function readCondition (text: string): Condition {
  const [attribute = '', operator = '=', type = 'S', ...rest] = text.split('|')
  return { attribute: decodeURIComponent(attribute), operator, type, value: rest.join('|') }
}

/** The parameters that stand for a search, as {@link readSearch} takes them. */
export function writeSearch (search: Search): [string, string][] {
  const defaults = readSearch(new URLSearchParams())
  return [
    ...search.mode !== defaults.mode ? [['mode', search.mode]] : [],
    ...search.index !== '' ? [['index', search.index]] : [],
    ...search.mode === 'query' ? Object.entries(search.keys).filter(([, value]) => value !== '').map(([name, value]) => [`key.${name}`, value]) : [],
    ...search.mode === 'query' && search.rangeOperator !== '=' ? [['range', search.rangeOperator]] : [],
    ...search.mode === 'query' && search.rangeOperator === 'BETWEEN' ? [['to', search.rangeTo]] : [],
    ...search.filters.filter(({ attribute }) => attribute !== '').map((filter) => ['where', writeCondition(filter)]),
    ...search.descending ? [['descending', '1']] : [],
    ...search.consistent ? [['consistent', '1']] : [],
    ...search.limit !== defaults.limit ? [['limit', String(search.limit)]] : [],
    ...search.mode === 'partiql' ? [['statement', search.statement]] : [],
  ] as [string, string][] // each is a pair
}
