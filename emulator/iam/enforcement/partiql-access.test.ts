import { BatchExecuteStatementCommand, ExecuteStatementCommand, ExecuteTransactionCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import { createSongs } from '../../dynamodb/operations/partiql/test-support/songs.ts'
import { testEmulator } from '../../test-support/emulator.ts'
import { policy } from '../test-support/clients.ts'
import { clientsOf, makeUser } from './test-support/callers.ts'

const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/songs'

/** What a user with a statement of a policy may do; a call that policies deny gives what it was denied. */
async function asUser (t: Test, ...statements: object[]) {
  const emulator = await testEmulator(t, { iam: true })
  const root = clientsOf(t, emulator)
  await createSongs(root.dynamodb)
  await root.dynamodb.send(new PutItemCommand({ TableName: 'songs', Item: { pk: { S: 'ada' }, sk: { S: 'a' }, genre: { S: 'rock' }, year: { N: '1' } } }))
  const user = await makeUser(t, emulator, 'ann', policy(...statements))
  const { dynamodb } = clientsOf(t, emulator, user)
  const outcome = (call: Promise<unknown>) => call.then(() => 'allowed', ({ name, message }: Error) => name === 'AccessDeniedException' ? /perform: dynamodb:(\S+ on resource: \S+)/.exec(message)![1] : name)
  return {
    execute: (Statement: string) => outcome(dynamodb.send(new ExecuteStatementCommand({ Statement }))),
    transact: (...all: string[]) => outcome(dynamodb.send(new ExecuteTransactionCommand({ TransactStatements: all.map((Statement) => ({ Statement })) }))),
    batch: async (...all: string[]) => (await dynamodb.send(new BatchExecuteStatementCommand({ Statements: all.map((Statement) => ({ Statement })) }))).Responses,
  }
}

const allow = (actions: string[], more = {}) => ({ Effect: 'Allow', Action: actions.map((action) => `dynamodb:${action}`), Resource: [ARN, `${ARN}/index/genres`], ...more })

test('a statement needs the action of its own, on the table or on the index that it reads', async (t) => {
  const { execute, transact, batch } = await asUser(t, allow(['PartiQLSelect', 'PartiQLUpdate', 'ExecuteStatement']))
  t.equal(await execute("SELECT * FROM songs WHERE pk = 'ada'"), 'allowed')
  t.equal(await execute("SELECT * FROM songs.genres WHERE genre = 'rock'"), 'allowed')
  t.equal(await execute("SELECT * FROM songs.\"by-genre\" WHERE genre = 'rock'"), `PartiQLSelect on resource: ${ARN}/index/by-genre`)
  t.equal(await execute("UPDATE songs SET a = 1 WHERE pk = 'ada' AND sk = 'a'"), 'allowed')
  t.equal(await execute("INSERT INTO songs VALUE {'pk': 'bob', 'sk': 'a'}"), `PartiQLInsert on resource: ${ARN}`)
  t.equal(await execute("DELETE FROM songs WHERE pk = 'ada' AND sk = 'a'"), `PartiQLDelete on resource: ${ARN}`)
  t.equal(await transact("UPDATE songs SET a = 1 WHERE pk = 'ada' AND sk = 'a'", "DELETE FROM songs WHERE pk = 'bob' AND sk = 'a'"), `PartiQLDelete on resource: ${ARN}`)
  t.equal(await transact("EXISTS(SELECT * FROM songs WHERE pk = 'ada' AND sk = 'a' AND genre = 'rock')"), 'allowed')
  t.match(await batch("UPDATE songs SET a = 2 WHERE pk = 'ada' AND sk = 'a'", "DELETE FROM songs WHERE pk = 'bob' AND sk = 'a'"), [
    { Error: undefined, TableName: 'songs' }, { Error: { Code: 'AccessDenied', Message: /dynamodb:PartiQLDelete/ } },
  ])
})

test('a policy may forbid full scans, and other keys, attributes and operations', async (t) => {
  const deny = (Action: string, Condition: object) => ({ Effect: 'Deny', Action: `dynamodb:${Action}`, Resource: '*', Condition })
  const { execute, transact } = await asUser(t,
    allow(['PartiQL*']),
    deny('PartiQLSelect', { Bool: { 'dynamodb:FullTableScan': 'true' } }),
    deny('PartiQLSelect', { 'ForAnyValue:StringEquals': { 'dynamodb:Attributes': ['secret'] } }),
    deny('PartiQLUpdate', { 'ForAnyValue:StringEquals': { 'dynamodb:Attributes': ['secret'] } }),
    deny('PartiQL*', { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': ['bob'] } }),
    deny('PartiQLInsert', { StringEquals: { 'dynamodb:EnclosingOperation': 'ExecuteTransaction' } })
  )
  const select = `PartiQLSelect on resource: ${ARN}`
  t.equal(await execute("SELECT sk FROM songs WHERE pk = 'ada'"), 'allowed')
  t.equal(await execute("SELECT sk FROM songs WHERE genre = 'rock'"), select)
  t.equal(await execute('SELECT sk FROM songs'), select)
  t.equal(await execute("SELECT sk FROM songs WHERE pk IN ['ada', 'bob']"), select)
  t.equal(await execute("SELECT secret FROM songs WHERE pk = 'ada'"), select)
  t.equal(await execute("SELECT sk FROM songs WHERE pk = 'ada' AND secret.x = 1"), select)
  t.equal(await execute("UPDATE songs SET a = 1 WHERE pk = 'ada' AND sk = 'a'"), 'allowed')
  t.equal(await execute("UPDATE songs SET a = if_not_exists(secret, 1) WHERE pk = 'ada' AND sk = 'a'"), `PartiQLUpdate on resource: ${ARN}`)
  t.equal(await execute("INSERT INTO songs VALUE {'pk': 'bob', 'sk': 'a'}"), `PartiQLInsert on resource: ${ARN}`)
  t.equal(await execute("INSERT INTO songs VALUE {'pk': 'eve', 'sk': 'a'}"), 'allowed')
  t.equal(await transact("INSERT INTO songs VALUE {'pk': 'eve', 'sk': 'b'}"), `PartiQLInsert on resource: ${ARN}`)
})
