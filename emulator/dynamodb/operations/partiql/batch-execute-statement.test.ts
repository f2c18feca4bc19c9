import { withSongs } from './test-support/songs.ts'

const BY_KEY = 'Select statements within BatchExecuteStatement must specify the primary key in the where clause.'
const A = "FROM songs WHERE pk = 'ada' AND sk = 'a'"

withSongs('a batch reads items by their keys, and each statement has an answer of its own', async (t, { batch, emulator }) => {
  const answer = await batch([
    `SELECT genre ${A}`,
    "SELECT * FROM songs WHERE pk = 'ada' AND sk = 'none'",
    'SLECT',
    "SELECT * FROM none WHERE pk = 'ada'",
    "SELECT * FROM songs WHERE pk = 'ada'",
    `SELECT * ${A} AND genre = 'rock'`,
    "SELECT * FROM songs.genres WHERE genre = 'rock'",
    "SELECT * FROM songs WHERE pk IN ['bob'] AND sk = 'b'",
  ], { ReturnConsumedCapacity: 'TOTAL' })
  t.same(answer.Responses, [
    { TableName: 'songs', Item: { genre: 'rock' } },
    { TableName: 'songs' },
    { Error: { Code: 'ValidationError', Message: "Statement wasn't well formed, can't be processed: Expected data manipulation" } },
    { Error: { Code: 'ResourceNotFound', Message: 'Requested resource not found' } },
    { Error: { Code: 'ValidationError', Message: BY_KEY } },
    { Error: { Code: 'ValidationError', Message: BY_KEY } },
    { Error: { Code: 'ValidationError', Message: BY_KEY } },
    { TableName: 'songs', Item: { pk: 'bob', sk: 'b', genre: 'jazz' } },
  ])
  t.same(answer.ConsumedCapacity, [{ TableName: 'songs', CapacityUnits: 1.5 }])
  t.match(emulator.trace.query({ operation: 'BatchExecuteStatement' }).at(-1), { resource: 'songs,none', items: 2, readUnits: 1.5, keys: [{ pk: { S: 'ada' } }, {}, { sk: { S: 'b' } }] })
})

withSongs('a batch writes, with RETURNING, and names the table of a write that failed at its item', async (t, { batch, get }) => {
  const { Responses } = await batch([
    "INSERT INTO songs VALUE {'pk': 'eve', 'sk': 'a'}",
    "INSERT INTO songs VALUE {'pk': 'bob', 'sk': 'a'}",
    "UPDATE songs SET genre = 'folk' WHERE pk = 'ada' AND sk = 'a' RETURNING MODIFIED NEW *",
    "UPDATE songs SET genre = 'folk' WHERE pk = 'ada' AND sk = 'b' AND genre = 'none'",
    "UPDATE songs REMOVE genre WHERE pk = 'ada' AND sk = 'c' RETURNING MODIFIED NEW *",
    "DELETE FROM songs WHERE pk = 'bob' AND sk = 'b' RETURNING ALL OLD *",
    "DELETE FROM songs WHERE pk = 'ada'",
    "DELETE FROM songs WHERE pk = 'x' AND sk = 'y' RETURNING ALL NEW *",
  ], { ReturnConsumedCapacity: 'TOTAL' })
  t.same(Responses, [
    { TableName: 'songs' },
    { TableName: 'songs', Error: { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' } },
    { TableName: 'songs', Item: { genre: 'folk' } },
    { TableName: 'songs', Error: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' } },
    { TableName: 'songs' },
    { TableName: 'songs', Item: { pk: 'bob', sk: 'b', genre: 'jazz' } },
    { Error: { Code: 'ValidationError', Message: 'Where clause does not contain a mandatory equality on all key attributes' } },
    { Error: { Code: 'ValidationError', Message: 'Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements.' } },
  ])
  t.ok(await get('eve', 'a'))
  t.equal((await get('ada', 'b'))!.genre, 'jazz')
})

withSongs('the item of a failed condition is not returned, whatever is asked for', async (t, { batch }) => {
  const Statement = "UPDATE songs SET genre = 'folk' WHERE pk = 'ada' AND sk = 'b' AND genre = 'none'"
  const { Responses } = await batch([], { Statements: [{ Statement, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }] })
  t.match(Responses, [{ Error: { Code: 'ConditionalCheckFailed', Item: undefined }, Item: undefined }])
})

withSongs('ConsistentRead is each statement\'s own', async (t, { batch }) => {
  const Statements = [{ Statement: `SELECT * ${A}`, ConsistentRead: true }, { Statement: 'SELECT * FROM songs WHERE pk = ? AND sk = ?', Parameters: ['bob', 'a'] }]
  t.same((await batch([], { Statements, ReturnConsumedCapacity: 'TOTAL' })).ConsumedCapacity, [{ TableName: 'songs', CapacityUnits: 1.5 }])
})

withSongs('a batch is refused as a whole for its shape, for two writes of one item, and for reads among writes', async (t, { batch, get }) => {
  const refused = (statements: string[], message: string | RegExp) => t.rejects(batch(statements), { name: 'ValidationException', message })
  const insert = "INSERT INTO songs VALUE {'pk': 'eve', 'sk': 'a'}"
  await refused([], /at 'statements' failed to satisfy constraint: Member must have length greater than or equal to 1$/)
  await refused(Array.from({ length: 26 }, () => insert), /at 'statements' failed to satisfy constraint: Member must have length less than or equal to 25$/)
  await refused([insert, `SELECT * ${A}`], 'BatchExecuteStatement API does not support both read and write operations in the same request.')
  await refused([insert, "DELETE FROM songs WHERE pk = 'eve' AND sk = 'a'"], 'Provided list of item keys contains duplicates')
  t.notOk(await get('eve', 'a'))
})

withSongs('a fault rule throttles statements of a batch by their keys', async (t, { batch, execute, transact, emulator }) => {
  await emulator.faults.add({ service: 'dynamodb', resource: 'songs', key: { pk: 'ada' }, error: 'throttle' })
  const { Responses } = await batch(["SELECT * FROM songs WHERE pk = 'bob' AND sk = 'a'", `SELECT * ${A}`])
  t.match(Responses, [{ Item: { pk: 'bob' } }, { Error: { Code: 'ThrottlingError' } }])
  await t.rejects(execute(`SELECT * ${A}`), { name: 'ThrottlingException', throttlingReasons: [{ reason: 'TableReadKeyRangeThroughputExceeded' }] })
  await t.rejects(execute("DELETE FROM songs WHERE pk = 'ada' AND sk = 'a'"), { name: 'ThrottlingException', throttlingReasons: [{ reason: 'TableWriteKeyRangeThroughputExceeded' }] })
  await t.rejects(transact([`SELECT * ${A}`]), { name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'ThrottlingError' }] })
  t.ok(await execute("SELECT * FROM songs WHERE pk = 'bob' AND sk = 'a'"))
})
