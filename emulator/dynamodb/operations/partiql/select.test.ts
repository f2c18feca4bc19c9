import { withSongs } from './test-support/songs.ts'

const keysOf = (items: Record<string, unknown>[]) => items.map(({ pk, sk }) => `${String(pk)}/${String(sk)}`)

withSongs('a SELECT with the partition key queries, and one without it scans', async (t, { items, execute, emulator }) => {
  const found = async (where: string, expected: string[]) => t.same(keysOf(await items(`SELECT * FROM songs WHERE ${where}`)), expected, where)
  await found("pk = 'ada'", ['ada/a', 'ada/b', 'ada/c'])
  await found("'ada' = pk AND sk >= 'b'", ['ada/b', 'ada/c'])
  await found("pk = 'ada' AND sk > 'a' AND sk < 'c'", ['ada/b'])
  await found("pk = 'ada' AND begins_with(sk, 'b')", ['ada/b'])
  await found("pk = 'ada' AND sk BETWEEN 'b' AND 'c'", ['ada/b', 'ada/c'])
  await found("pk = 'ada' AND sk IN ['c', 'a']", ['ada/a', 'ada/c'])
  await found("pk IN ('bob', 'ada') AND sk = 'a'", ['bob/a', 'ada/a'])
  await found("pk = 'bob' OR (pk = 'ada' AND sk = 'c')", ['bob/a', 'bob/b', 'ada/c'])
  await found("pk = 'ada' AND NOT sk = 'a'", ['ada/b', 'ada/c'])
  await found("pk = 'ada' AND sk <> 'a' OR pk = 'ada' AND sk = 'b'", ['ada/b', 'ada/c'])
  await found("pk = 'ada' OR pk = 'ada' AND NOT sk = 'a'", ['ada/a', 'ada/b', 'ada/c'])
  await found("pk = 'ada' AND pk = 'bob'", [])
  await found("pk = 'ada' AND genre = 'jazz'", ['ada/b'])
  t.same(keysOf(await items("SELECT * FROM songs WHERE genre = 'jazz'")).sort(), ['ada/b', 'bob/b'])
  t.equal((await items("SELECT * FROM songs WHERE pk = 'ada' OR genre = 'jazz'")).length, 4)
  t.equal((await items('SELECT * FROM songs')).length, 5)

  // Three reads of one item each, and a scan of all.
  const capacity = async (statement: string) => (await execute(statement, { ReturnConsumedCapacity: 'INDEXES' })).ConsumedCapacity
  t.same(await capacity("SELECT * FROM songs WHERE pk IN ['ada', 'bob', 'eve'] AND sk = 'a'"), { TableName: 'songs', CapacityUnits: 1.5, Table: { CapacityUnits: 1.5 } })
  t.same(await capacity('SELECT * FROM songs'), { TableName: 'songs', CapacityUnits: 0.5, Table: { CapacityUnits: 0.5 } })
  t.match(emulator.trace.query({ operation: 'ExecuteStatement' }).at(-1), { resource: 'songs', items: 5, readUnits: 0.5 })
  await execute("SELECT * FROM songs WHERE pk = 'ada' AND sk = 'a'", { ConsistentRead: true })
  t.match(emulator.trace.query({ operation: 'ExecuteStatement' }).at(-1), { keys: [{ pk: { S: 'ada' }, sk: { S: 'a' } }], items: 1, readUnits: 1 })
})

withSongs('conditions are those of expressions, with NULL, MISSING and types besides', async (t, { items }) => {
  const found = async (condition: string, expected: string[]) => t.same((await items(`SELECT sk FROM songs WHERE pk = 'ada' AND ${condition}`)).map(({ sk }) => sk), expected, condition)
  await found('attribute_exists(label.name)', ['a'])
  await found('attribute_not_exists(label) AND "year" > 1995', ['c'])
  await found('ATTRIBUTE_EXISTS(label) = true', ['a'])
  await found('true = attribute_exists(nope)', [])
  await found('(genre = \'jazz\') = false', ['a', 'c'])
  await found('size(genre) = 4 AND size(label) = 2', ['a'])
  await found("attribute_type(tags, 'SS')", ['a'])
  await found("contains(tags, 'x')", ['a'])
  await found("tags = <<'y', 'x'>>", ['a'])
  await found("label = {'cities': ['Rome', 'Oslo'], 'name': 'one'}", ['a'])
  await found("label.cities[1] = 'Oslo'", ['a'])
  await found("label['name'] IN ['one', 2]", ['a'])
  await found('note IS NULL', ['c'])
  await found('note IS NOT NULL', ['a', 'b'])
  await found('note IS MISSING', ['a', 'b'])
  await found('note IS NOT MISSING', ['c'])
  await found('"year" IS NUMERIC AND genre IS STRING AND label IS STRUCT AND label.cities IS LIST', ['a'])
  await found('NOT label.name = \'one\'', ['b', 'c'])
  await found('"year" = 1.995e3 OR "year" BETWEEN 1999 AND 2001', ['b', 'c'])
})

withSongs('selected paths are named for their last part', async (t, { items }) => {
  t.same(await items("SELECT pk, label.name, label.cities[1], nope FROM songs WHERE pk = 'ada' AND sk < 'c'"), [{ pk: 'ada', name: 'one', 'cities[1]': 'Oslo' }, { pk: 'ada' }])
  t.same(await items("SELECT nope FROM songs WHERE pk = 'ada' AND sk = 'a'"), [{}])
  t.same(await items('SELECT sk FROM songs WHERE pk = ? AND "year" > ?', { Parameters: ['ada', 1995] }), [{ sk: 'c' }])
})

withSongs('ORDER BY orders a keyed read by its keys', async (t, { items, execute }) => {
  const ordered = async (clauses: string, expected: string[]) => t.same(keysOf(await items(`SELECT * FROM songs WHERE ${clauses}`)), expected, clauses)
  await ordered("pk = 'ada' ORDER BY sk DESC", ['ada/c', 'ada/b', 'ada/a'])
  await ordered("pk = 'ada' ORDER BY sk ASC", ['ada/a', 'ada/b', 'ada/c'])
  await ordered("pk = 'ada' AND sk IN ['a', 'c'] ORDER BY sk DESC", ['ada/c', 'ada/a'])
  await ordered("pk IN ['ada', 'bob'] AND sk > 'a' ORDER BY pk DESC, sk DESC", ['bob/b', 'ada/c', 'ada/b'])
  const refused = (rest: string, message: string) => t.rejects(execute(`SELECT * FROM songs ${rest}`), { name: 'ValidationException', message }, rest)
  await refused('ORDER BY pk', 'Must have WHERE clause in the statement when using ORDER BY clause.')
  await refused("WHERE sk = 'a' ORDER BY pk", 'Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.')
  await refused("WHERE pk = 'ada' ORDER BY \"year\"", 'Variable reference year in ORDER BY clause must be part of the primary key')
  await refused("WHERE pk IN ['ada', 'bob'] ORDER BY sk", 'Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.')
})

withSongs('Limit counts items that are read, and NextToken continues the same statement', async (t, { execute }) => {
  for (const statement of ["SELECT sk FROM songs WHERE pk IN ['ada', 'bob'] AND genre = 'rock'", "SELECT sk FROM songs WHERE genre = 'rock'", "SELECT sk FROM songs WHERE pk = 'ada' AND genre = 'rock' ORDER BY sk DESC"]) {
    const whole = (await execute(statement)).Items!
    const found: unknown[] = []
    let pages = 0
    for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
      const page = await execute(statement, { Limit: 1, ...(NextToken && { NextToken }) })
      t.equal(page.LastEvaluatedKey !== undefined, page.NextToken !== undefined)
      found.push(...page.Items!)
      NextToken = page.NextToken
      pages++
    }
    t.same(found, whole, statement)
    t.ok(pages > whole.length)
  }
  const { NextToken } = await execute("SELECT * FROM songs WHERE pk = 'ada'", { Limit: 1 })
  const refused = (statement: string, token: string | undefined, message: string) => t.rejects(execute(statement, { NextToken: token }), { name: 'ValidationException', message })
  await refused("SELECT * FROM songs WHERE pk = 'bob'", NextToken, 'NextToken does not match request')
  await refused("SELECT * FROM songs WHERE pk = 'ada'", 'garbage', 'Invalid NextToken')
  const { digest } = JSON.parse(Buffer.from(NextToken!, 'base64').toString()) as { digest: string }
  for (const [range, key] of [[0, { pk: { S: 'bob' }, sk: { S: 'a' } }], [7, { pk: { S: 'ada' }, sk: { S: 'a' } }], [0, { pk: { S: 'ada' } }], [0, { pk: {}, sk: {} }]]) {
    await refused("SELECT * FROM songs WHERE pk = 'ada'", Buffer.from(JSON.stringify({ digest, range, key })).toString('base64'), 'Invalid NextToken')
  }
  t.notOk((await execute("SELECT * FROM songs WHERE pk = 'ada' AND sk = 'a'", { Limit: 1 })).NextToken)
})

withSongs('an index is read by its own key, with what it projects', async (t, { items, execute }) => {
  t.same(keysOf(await items("SELECT * FROM songs.\"by-genre\" WHERE genre = 'rock' ORDER BY \"year\" DESC")), ['bob/a', 'ada/c', 'ada/a'])
  t.same((await items('SELECT * FROM "songs"."genres" WHERE genre = \'jazz\'')).sort((one) => one.pk === 'ada' ? -1 : 1), [{ genre: 'jazz', pk: 'ada', sk: 'b' }, { genre: 'jazz', pk: 'bob', sk: 'b' }])
  t.equal((await items("SELECT * FROM songs.genres WHERE pk = 'ada'")).length, 3)
  t.same(await items("SELECT genre FROM songs.\"by-year\" WHERE pk = 'ada' AND \"year\" > 1995"), [{ genre: 'rock' }])
  const capacity = async (statement: string) => (await execute(statement, { ReturnConsumedCapacity: 'INDEXES' })).ConsumedCapacity
  t.match(await capacity("SELECT * FROM songs.genres WHERE genre = 'jazz'"), { CapacityUnits: 0.5, Table: { CapacityUnits: 0 }, GlobalSecondaryIndexes: { genres: { CapacityUnits: 0.5 } } })
  t.match(await capacity("SELECT * FROM songs.\"by-year\" WHERE pk = 'ada'"), { Table: { CapacityUnits: 0 }, LocalSecondaryIndexes: { 'by-year': { CapacityUnits: 0.5 } } })
  t.match(await capacity("SELECT genre FROM songs.\"by-year\" WHERE pk = 'ada'"), { Table: { CapacityUnits: 1.5 }, LocalSecondaryIndexes: { 'by-year': { CapacityUnits: 0.5 } } })

  const refused = (statement: string, message: string, more = {}) => t.rejects(execute(statement, more), { name: 'ValidationException', message }, statement)
  const unprojected = 'One or more parameter values were invalid: Secondary index genres does not project one or more filter attributes: [note]'
  await refused('SELECT * FROM songs."no-such"', 'The table does not have the specified index')
  await refused("SELECT * FROM songs.genres WHERE genre = 'rock'", 'Strongly consistent read is not supported on Global Secondary Indexes', { ConsistentRead: true })
  await refused("SELECT label, note FROM songs.genres WHERE genre = 'rock'", 'One or more parameter values were invalid: Global secondary index genres does not project [label, note]')
  await refused("SELECT * FROM songs.genres WHERE genre = 'rock' AND note IS MISSING", unprojected)
  await refused("SELECT * FROM songs.genres WHERE genre IN ['rock', 'jazz'] AND NOT note = 1", unprojected)
  t.equal((await items('SELECT * FROM songs.genres WHERE NOT note = 1')).length, 5)
  t.equal((await items("SELECT * FROM songs.genres WHERE (genre = 'rock' AND note = 1) OR genre = 'jazz'")).length, 2)
  t.ok(await items("SELECT * FROM songs.\"by-year\" WHERE pk = 'ada'", { ConsistentRead: true }))
})
