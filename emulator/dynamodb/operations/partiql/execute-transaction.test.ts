import { withSongs } from './test-support/songs.ts'

const A = "FROM songs WHERE pk = 'ada' AND sk = 'a'"
const WHERE_B = "WHERE pk = 'ada' AND sk = 'b'"
const canceled = (...CancellationReasons: object[]) => ({ name: 'TransactionCanceledException', CancellationReasons })
const NO_KEY = { Code: 'ValidationError', Message: 'The provided key element does not match the schema' }

withSongs('a transaction of reads has an answer for each statement', async (t, { transact, emulator }) => {
  const { Responses, ConsumedCapacity } = await transact([`SELECT genre ${A}`, `SELECT nope FROM songs ${WHERE_B}`, "SELECT * FROM songs WHERE pk = 'x' AND sk IN ['y']"], { ReturnConsumedCapacity: 'TOTAL' })
  t.same(Responses, [{ Item: { genre: 'rock' } }, { Item: {} }, {}])
  t.same(ConsumedCapacity, [{ TableName: 'songs', CapacityUnits: 6, ReadCapacityUnits: 6 }])
  t.match(emulator.trace.query({ operation: 'ExecuteTransaction' }).at(-1), { resource: 'songs', items: 2, readUnits: 6, keys: { length: 3 } })
})

withSongs('a transaction of writes does all or nothing, and has no answers', async (t, { transact, get }) => {
  const { Responses } = await transact([
    "INSERT INTO songs VALUE {'pk': 'eve', 'sk': 'a'}",
    `UPDATE songs SET genre = 'folk' ${WHERE_B}`,
    `DELETE ${A}`,
    "EXISTS(SELECT * FROM songs WHERE pk = 'bob' AND sk = 'a' AND genre = 'rock')",
  ])
  t.same(Responses, [])
  t.ok(await get('eve', 'a'))
  t.notOk(await get('ada', 'a'))
  t.equal((await get('ada', 'b'))!.genre, 'folk')

  await t.rejects(transact([
    "INSERT INTO songs VALUE {'pk': 'eve', 'sk': 'b'}",
    "INSERT INTO songs VALUE {'pk': 'eve', 'sk': 'a'}",
    "UPDATE songs SET genre = 'x' WHERE pk = 'none' AND sk = 'none'",
    "EXISTS(SELECT * FROM songs WHERE pk = 'bob' AND sk = 'a' AND genre = 'jazz')",
  ]), canceled({ Code: 'None' }, { Code: 'DuplicateItem', Message: 'Duplicate primary key exists in table' }, { Code: 'ConditionalCheckFailed' }, { Code: 'ConditionalCheckFailed' }))
  t.notOk(await get('eve', 'b'))
})

withSongs('the reason of a failed condition holds the item when it is asked for', async (t, { transact }) => {
  const Statement = `UPDATE songs SET genre = 'x' ${WHERE_B} AND genre = 'none'`
  await t.rejects(transact([], { TransactStatements: [{ Statement, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }] }), canceled({ Code: 'ConditionalCheckFailed', Item: { genre: { S: 'jazz' } } }))
})

withSongs('a client token makes a transaction happen once, and the second is charged as reads', async (t, { transact, get }) => {
  const once = (by: number) => transact([`UPDATE songs SET "year" = "year" + ${by} ${WHERE_B}`], { ClientRequestToken: 'once', ReturnConsumedCapacity: 'TOTAL' })
  t.match((await once(1)).ConsumedCapacity, [{ WriteCapacityUnits: 6, ReadCapacityUnits: undefined }]) // the entry moves in two indexes
  const again = await once(1)
  t.same(again.Responses, [])
  t.match(again.ConsumedCapacity, [{ ReadCapacityUnits: 2, WriteCapacityUnits: undefined }])
  t.equal((await get('ada', 'b'))!.year, 1996)
  await t.rejects(once(2), { name: 'IdempotentParameterMismatchException' })
})

withSongs('a transaction is refused, with the statement that is wrong', async (t, { transact, get }) => {
  const refused = (statements: string[], message: string | RegExp) => t.rejects(transact(statements), { name: 'ValidationException', message }, statements.join())
  const update = `UPDATE songs SET genre = 'x' ${WHERE_B}`
  const inStatement = (index: number, message: string) => `Validation failed in TransactStatements[${index}]: ${message}`
  await refused([], /at 'transactStatements' failed to satisfy constraint: Member must have length greater than or equal to 1$/)
  await refused([update, 'SELECT * FROM songs WHERE'], inStatement(1, "Statement wasn't well formed, can't be processed: Unexpected term"))
  await refused([update, `${update} RETURNING ALL NEW *`], inStatement(1, 'RETURNING clause is not supported in ExecuteTransaction.'))
  await refused(["SELECT * FROM songs.genres WHERE genre = 'rock'"], inStatement(0, 'Reads on indices are not supported within transactions.'))
  for (const where of ["pk = 'ada'", "genre = 'rock'", "pk = 'ada' AND sk = 'a' AND genre = 'rock'", "pk IN ['ada', 'bob'] AND sk = 'a'"]) {
    await refused([`SELECT * FROM songs WHERE ${where}`], inStatement(0, 'Select statements within ExecuteTransaction must specify the primary key in the where clause.'))
  }
  await refused(["EXISTS(SELECT * FROM songs WHERE pk = 'bob' AND sk = 'a')", update], inStatement(0, 'EXISTS() must contain a single item read with additional condition'))
  await refused([`SELECT * ${A}`, update], 'ExecuteTransaction API does not support both read and write operations in the same request.')
  await refused([update, `DELETE FROM songs ${WHERE_B}`], 'Transaction request cannot include multiple operations on one item')
  await refused([`SELECT * ${A}`, `SELECT genre ${A}`], 'Transaction request cannot include multiple operations on one item')
  await t.rejects(transact(["UPDATE songs SET a = 1 WHERE pk = 'ada'", "UPDATE songs SET a = 1 WHERE pk = 'ada' AND sk = 1", update]), canceled(NO_KEY, NO_KEY, { Code: 'None' }))
  await t.rejects(transact(["INSERT INTO songs VALUE {'pk': 'eve'}"]), canceled({ Code: 'ValidationError', Message: 'One or more parameter values were invalid: Missing the key sk in the item' }))
  await t.rejects(transact(["SELECT * FROM songs WHERE pk = 'ada' AND sk = 1"]), canceled(NO_KEY))
  await t.rejects(transact([update, "DELETE FROM none WHERE pk = 'a'"]), canceled({ Code: 'None' }, { Code: 'ResourceNotFound', Message: 'Requested resource not found' }))
  t.equal((await get('ada', 'b'))!.genre, 'jazz')
})
