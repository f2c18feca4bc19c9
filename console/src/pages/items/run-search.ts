import { ExecuteStatementCommand, QueryCommand, ScanCommand, type ConsumedCapacity, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb'
import { inputOf, type Search } from './builder.ts'
import type { Call } from './snippets.ts'
import { jsonInput } from './snippets.ts'
import type { Item } from './values.ts'

/** Where a search continues: a key, or PartiQL's token. */
export type Position = Item | string | undefined

/** One page of what a search found, and what it took. */
export interface Found {
  call: Call
  items: Item[]
  /** Items that were read to find them; PartiQL does not say. */
  examined: number | undefined
  capacity: ConsumedCapacity | undefined
  next: Position
}

/** Runs one page of a search. */
export async function runSearch (client: DynamoDBClient, table: TableDescription, search: Search, from: Position): Promise<Found> {
  if (search.mode === 'partiql') {
    const input = { Statement: search.statement, Limit: search.limit, ReturnConsumedCapacity: 'INDEXES' as const, ...typeof from === 'string' && { NextToken: from } }
    const { Items = [], ConsumedCapacity, NextToken } = await client.send(new ExecuteStatementCommand(input))
    return { call: { operation: 'ExecuteStatement', input }, items: Items, examined: undefined, capacity: ConsumedCapacity, next: NextToken }
  }
  const input = { ...inputOf(search, table), ...typeof from === 'object' && { ExclusiveStartKey: from } }
  const command = search.mode === 'query' ? new QueryCommand(input) : new ScanCommand(input)
  const { Items = [], ScannedCount, ConsumedCapacity, LastEvaluatedKey } = await client.send(command)
  return { call: { operation: search.mode === 'query' ? 'Query' : 'Scan', input: jsonInput(input) }, items: Items, examined: ScannedCount, capacity: ConsumedCapacity, next: LastEvaluatedKey }
}

/** Items that an export takes at most. */
const MOST_EXPORTED = 100_000

/** All that a search finds, page by page. */
export async function findAll (client: DynamoDBClient, table: TableDescription, search: Search): Promise<Item[]> {
  const items: Item[] = []
  let position: Position
  do {
    const found = await runSearch(client, table, { ...search, limit: 1000 }, position)
    items.push(...found.items)
    position = found.next
  } while (position !== undefined && items.length < MOST_EXPORTED)
  return items
}
