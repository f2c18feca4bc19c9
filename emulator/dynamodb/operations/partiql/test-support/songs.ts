import { CreateTableCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchExecuteStatementCommand, BatchWriteCommand, ExecuteStatementCommand, ExecuteTransactionCommand, GetCommand, type BatchExecuteStatementCommandInput, type ExecuteStatementCommandInput } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import type { Clients, Emulator } from '../../../../index.ts'
import { EVERY_WAY, overWays } from '../../../../test-support/emulator.ts'

/** Statements sent by one of the ways in, as the document client sends them. */
export interface Statements {
  readonly clients: Clients
  readonly emulator: Emulator
  readonly execute: (statement: string, more?: Partial<ExecuteStatementCommandInput>) => ReturnType<typeof send>
  readonly items: (statement: string, more?: Partial<ExecuteStatementCommandInput>) => Promise<Record<string, unknown>[]>
  readonly transact: (statements: string[], more?: object) => ReturnType<typeof sendTransaction>
  readonly batch: (statements: string[], more?: Partial<BatchExecuteStatementCommandInput>) => ReturnType<typeof sendBatch>
  readonly get: (pk: string, sk: string) => Promise<Record<string, unknown> | undefined>
}

const send = ({ documents }: Clients, input: ExecuteStatementCommandInput) => documents.send(new ExecuteStatementCommand(input))
const sendTransaction = ({ documents }: Clients, statements: string[], more: object) =>
  documents.send(new ExecuteTransactionCommand({ TransactStatements: statements.map((Statement) => ({ Statement })), ...more }))
const sendBatch = ({ documents }: Clients, statements: string[], more: Partial<BatchExecuteStatementCommandInput>) =>
  documents.send(new BatchExecuteStatementCommand({ Statements: statements.map((Statement) => ({ Statement })), ...more }))

/** Runs a test over all ways in, each with a table of songs: five, by two artists. */
export function withSongs (title: string, body: (t: Test, use: Statements) => Promise<void>): void {
  void test(title, (t) => {
    overWays(t, EVERY_WAY, async (t, start) => {
      const { emulator, clients } = await start()
      await createSongs(clients.dynamodb)
      await clients.documents.send(new BatchWriteCommand({ RequestItems: { songs: SONGS.map((Item) => ({ PutRequest: { Item } })) } }))
      await body(t, {
        emulator,
        clients,
        execute: (Statement, more) => send(clients, { Statement, ...more }),
        items: async (Statement, more) => (await send(clients, { Statement, ...more })).Items!,
        transact: (statements, more = {}) => sendTransaction(clients, statements, more),
        batch: (statements, more = {}) => sendBatch(clients, statements, more),
        get: async (pk, sk) => (await clients.documents.send(new GetCommand({ TableName: 'songs', Key: { pk, sk } }))).Item,
      })
    })
    t.end()
  })
}

export const SONGS = [
  { pk: 'ada', sk: 'a', year: 1990, genre: 'rock', tags: new Set(['x', 'y']), label: { name: 'one', cities: ['Rome', 'Oslo'] } },
  { pk: 'ada', sk: 'b', year: 1995, genre: 'jazz' },
  { pk: 'ada', sk: 'c', year: 2000, genre: 'rock', note: null },
  { pk: 'bob', sk: 'a', year: 2005, genre: 'rock' },
  { pk: 'bob', sk: 'b', genre: 'jazz' },
]

/** A table with two global indexes, one of them without most attributes, and a local one. */
export async function createSongs (dynamodb: DynamoDBClient, TableName = 'songs'): Promise<void> {
  await dynamodb.send(new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [['pk', 'S'], ['sk', 'S'], ['genre', 'S'], ['year', 'N']].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType: AttributeType as 'S' })), // one of the two
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [
      { IndexName: 'by-genre', KeySchema: [{ AttributeName: 'genre', KeyType: 'HASH' }, { AttributeName: 'year', KeyType: 'RANGE' }], Projection: { ProjectionType: 'ALL' } },
      { IndexName: 'genres', KeySchema: [{ AttributeName: 'genre', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
    LocalSecondaryIndexes: [{ IndexName: 'by-year', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'year', KeyType: 'RANGE' }], Projection: { ProjectionType: 'KEYS_ONLY' } }],
  }))
}

export const string = (S: string): AttributeValue => ({ S })
