import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import { testEmulator } from '../emulator/test-support/emulator.ts'
import { run } from './run.ts'

const AT = '2026-03-01T12:00:00.000Z'
const DIGITS = '12345678901234567890123456789012345678'

/** An emulator with the tables of an environment, a directory, and the command on both. */
async function setUp (t: Test) {
  const emulator = await testEmulator(t, { listen: {} })
  const directory = await mkdtemp(join(tmpdir(), 'sandtable-data-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const client = new DynamoDBClient({ endpoint: emulator.url!, region: 'us-east-1', credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' } })
  t.teardown(() => client.destroy())

  async function sandtable (...args: string[]): Promise<{ status: number, out: string, err: string }> {
    const printed = { out: '', err: '' }
    const status = await run([...args, '--endpoint', emulator.url!], {
      stdout: { write (text) { printed.out += text } },
      stderr: { write (text) { printed.err += text } },
      on: () => undefined,
      exit: (code) => t.fail(`it ended the process with ${code}`),
    })
    return { status, ...printed }
  }
  await sandtable('tables', 'create')
  return {
    emulator,
    client,
    sandtable,
    file: async (name: string, text: string) => {
      await writeFile(join(directory, name), text)
      return join(directory, name)
    },
    read: (name: string) => readFile(join(directory, name), 'utf8'),
    items: async (table: string) => (await client.send(new ScanCommand({ TableName: table }))).Items ?? [],
    sorted: (text: string) => text.split('\n').filter((line) => line !== '').sort(),
  }
}

const report = (id: string, more: object = {}) => JSON.stringify({ id, user_id: 'ada', title: `Report ${id}`, ...more, created_at: AT, updated_at: AT })

test('data: an export imports into an empty table as the same items', async (t) => {
  const { emulator, sandtable, file, sorted, items } = await setUp(t)
  const tables = {
    users: [`{"user_id":"ada","name":"Ada","preferences":{"n":${DIGITS},"constructor":{"name":"Set"},"list":[1,null,true]},"created_at":"${AT}","updated_at":"${AT}"}`],
    reports: Array.from({ length: 260 }, (_, index) => report(`r-${index}`, { version: index, favorites: ['p-1'] })),
    embeddings: [1, 2, 3].map((index) => `{"product_id":"p-${index}","model_version":"v1","embedding_vector":[0.5,-${DIGITS}],"vector_dimension":2,"created_at":"${AT}"}`),
  }
  for (const [table, records] of Object.entries(tables)) {
    const from = await file(`${table}.jsonl`, records.join('\r\n'))
    t.match(await sandtable('data', 'import', from, '--table', table), { status: 0, err: '', out: `k9-${table}-dev: ${records.length} read, ${records.length} written, 0 refused\n` })
  }
  const exports: Record<string, string> = {}
  const before = await items('k9-reports-dev')
  for (const table of Object.keys(tables)) {
    const { status, out, err } = await sandtable('data', 'export', '--table', table)
    t.match({ status, err }, { status: 0, err: '' })
    exports[table] = out
  }
  const members = (line: string) => line.replace(/^\{|\}$/g, '').split(',').sort().join()
  t.strictSame(sorted(exports.users!).map(members), tables.users.map(members), 'every digit of every number')
  t.equal(sorted(exports.embeddings!).filter((line) => line.includes(DIGITS)).length, 3, 'and what holds the dimension is none of them')

  await emulator.reset()
  await sandtable('tables', 'create')
  for (const [table, text] of Object.entries(exports)) {
    const from = await file(`${table}.json`, `\ufeff [${sorted(text).join(' ,\n')}]\n`)
    t.equal((await sandtable('data', 'import', from, '--table', table)).status, 0)
    t.strictSame(sorted((await sandtable('data', 'export', '--table', table, '--segments', '1')).out), sorted(text), `${table}, as an array`)
  }
  const byId = (all: typeof before) => new Map(all.map((item) => [item.id!.S, item]))
  t.strictSame(byId(await items('k9-reports-dev')), byId(before))
})

test('data: invalid items are refused with reasons, and counted', async (t) => {
  const { sandtable, file, read, items } = await setUp(t)
  const good = Array.from({ length: 60 }, (_, index) => report(`g-${index}`))
  const bad: [line: string, reason: RegExp][] = [
    ['{"id":', /^is not JSON$/],
    ['[1]', /^must be object$/],
    ['"text"', /^must be object$/],
    [report('a\u0001b'), /^id must match/],
    [report('x').replace('"user_id":"ada",', ''), /^user_id is required$/],
    [report('x', { extra: 1 }), /^extra is not known here$/],
    [report('x', { favorites: 1 }).replace('"favorites":1', `"favorites":${DIGITS}9`), /^favorites must have at most 38/],
    [report('x').replace(AT, '2026-03-01T12:00:00+02:00'), /^created_at must match/],
    [report('g-7'), /^has the key of record 10$/],
    [report('x').replace('"title"', '"__proto__":{"a":1},"title"'), /^__proto__ is not known here$/],
  ]
  const all = [...good]
  all.splice(5, 0, '', bad[0]![0]) // an empty line is none
  all.push(...bad.slice(1).map(([line]) => line))
  const path = await file('bad.jsonl', all.join('\n'))
  const { status, out, err } = await sandtable('data', 'import', path, '--table', 'reports', '--json')
  t.strictSame(JSON.parse(out), { table: 'k9-reports-dev', read: 70, written: 60, before: 0, refused: 10, refusedFile: `${path}.refused.jsonl` })
  t.match({ status, err }, { status: 1, err: /^sandtable: 10 of 70 records were refused: / })
  const refused = (await read('bad.jsonl.refused.jsonl')).trim().split('\n').map((line) => JSON.parse(line) as { place: number, text: string, reasons: string[] })
  t.strictSame(refused.map(({ text }) => text), bad.map(([line]) => line))
  t.strictSame(refused.map(({ reasons }, index) => reasons.length === 1 && bad[index]![1].test(reasons[0]!)), bad.map(() => true), { refused })
  t.strictSame([refused[0]!.place, refused[1]!.place], [7, 63], 'the lines of the file')
  t.equal((await items('k9-reports-dev')).length, 60)

  const embedding = (id: string, vector: number[], dimension = vector.length) => ({ product_id: id, model_version: 'v1', embedding_vector: vector, vector_dimension: dimension, created_at: AT })
  const embeddings = await file('embeddings.json', JSON.stringify([embedding('a', [1, 2]), embedding('b', [1, 2, 3]), embedding('c', [1, 2], 3), embedding('d', [3, 4])]))
  t.match(await sandtable('data', 'import', embeddings, '--table', 'embeddings'), { status: 1, out: 'k9-embeddings-dev: 4 read, 2 written, 2 refused\n' })
  t.match(await read('embeddings.json.refused.jsonl'), /have 2"[^]*is 3, and the vector has 2 numbers/)
  const broken = await file('broken.json', `[${report('b-1')},{"id":`)
  t.match(await sandtable('data', 'import', broken, '--table', 'reports'), { status: 1, out: 'k9-reports-dev: 2 read, 1 written, 1 refused\n' })
  for (const [name, text] of [['empty.jsonl', ' \n'], ['empty.json', '[]']] as const) {
    t.match(await sandtable('data', 'import', await file(name, text), '--table', 'reports'), { status: 0, out: 'k9-reports-dev: 0 read, 0 written, 0 refused\n' })
  }
})

test('data: a failed import resumes where it stopped', async (t) => {
  const { emulator, client, sandtable, file, items } = await setUp(t)
  const records = Array.from({ length: 500 }, (_, index) => report(`r-${index}`))
  records.splice(3, 0, 'bad')
  const path = await file('reports.jsonl', records.join('\n'))
  const args = ['data', 'import', path, '--table', 'reports']
  t.match(await sandtable(...args, '--continue'), { status: 2, err: /no failed import of this file/ })

  // The first group of 200 passes, and then the table takes no more.
  emulator.faults.add({ service: 'dynamodb', operation: 'BatchWriteItem', skip: 8, error: 'access-denied' })
  t.match(await sandtable(...args), { status: 1, out: '', err: /The first 201 records are done; --continue resumes after them/ })
  emulator.faults.clear()
  await client.send(new PutItemCommand({ TableName: 'k9-reports-dev', Item: { id: { S: 'r-0' }, title: { S: 'changed since' } } }))
  t.match(await sandtable(...args, '--continue'), { status: 1, out: 'k9-reports-dev: 501 read, 300 written, 200 written before, 1 refused\n' })
  t.equal((await items('k9-reports-dev')).length, 500)
  const { Item } = await client.send(new GetItemCommand({ TableName: 'k9-reports-dev', Key: { id: { S: 'r-0' } } }))
  t.equal(Item?.title?.S, 'changed since', 'what was dealt with is left alone')
  t.match(await sandtable(...args, '--continue'), { status: 2, err: /no failed import of this file/ })
})

test('data: errors are reported', async (t) => {
  const { emulator, client, sandtable, file } = await setUp(t)
  const path = await file('one.jsonl', report('r-1'))
  for (const [args, status, says] of [
    [['import', path], 2, /required option '--table/],
    [['import', path, '--table', 'events'], 2, /Allowed choices are users, reports, embeddings/],
    [['import', `${path}.not`, '--table', 'reports'], 2, /There is no file/],
    [['export', '--table', 'reports', '--segments', '0'], 2, /from 1 to 64/],
  ] as const) t.match(await sandtable('data', ...args), { status, err: says }, args.join(' '))

  await client.send(new PutItemCommand({ TableName: 'k9-reports-dev', Item: { id: { S: 'r-2' }, tags: { SS: ['a'] } } }))
  t.match(await sandtable('data', 'export', '--table', 'reports'), { status: 1, err: 'sandtable: r-2.tags is a set, which JSON cannot represent\n' })
  await emulator.reset()
  for (const args of [['import', path], ['export']]) t.match(await sandtable('data', ...args, '--table', 'reports'), { status: 1, err: /Table k9-reports-dev does not exist. Create it with: npx sandtable tables create/ })
})
