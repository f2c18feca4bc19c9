import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import '../../emulator/core/sdk-version-warning.ts'

// As this file is: built, or TypeScript that has to be loaded.
const ENDING = extname(import.meta.filename)
const NODE_ARGS = ENDING === '.ts' ? [`--import=${import.meta.resolve('tsx')}`] : []
const CLI = join(import.meta.dirname, `../../cli/index${ENDING}`)
const ENV = { ...process.env, EMULATOR_PORT: '0' }
const ITEMS = 200

/** The emulator as a process of its own on a data directory. */
async function started (t: Test, data: string) {
  const child = spawn(process.execPath, [...NODE_ARGS, CLI, 'emulator', '--data', data], { cwd: tmpdir(), env: ENV, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { child.kill('SIGKILL') })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  while (!out.includes('is ready')) await once(child.stdout, 'data')
  const [, endpoint] = /emulator (http:[^\s,]+)/.exec(out)!
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' } })
  t.teardown(() => client.destroy())
  async function kill (): Promise<void> {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { client, kill }
}

const command = (...args: string[]) => spawnSync(process.execPath, [...NODE_ARGS, CLI, ...args], { cwd: tmpdir(), env: ENV, encoding: 'utf8', timeout: 30_000 })

/** A directory with a table of items, whose process was killed. */
async function filled (t: Test): Promise<string> {
  const data = join(t.testdir(), 'data')
  const { client, kill } = await started(t, data)
  await client.send(new CreateTableCommand({
    TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  }))
  for (let n = 0; n < ITEMS; n++) await client.send(new PutItemCommand({ TableName: 'things', Item: { id: { S: `k${n}` }, v: { S: 'x'.repeat(200) } } }))
  await kill()
  return data
}

/** The files of a state, without LevelDB's notes. */
const filesOf = (state: string): string[] => readdirSync(state).filter((name) => !name.startsWith('LOG')).sort()

const flip = (path: string, from: number, count: number): void => {
  const bytes = readFileSync(path)
  for (let at = from; at < from + count; at++) bytes[at] = bytes[at]! ^ 0xff
  writeFileSync(path, bytes)
}

const cases: [what: string, damage: (state: string) => void, names: RegExp][] = [
  ['whose CURRENT is missing', (state) => rmSync(join(state, 'CURRENT')), /CURRENT/],
  ['with 100 flipped bytes in its log', (state) => {
    const log = readdirSync(state).find((name) => name.endsWith('.log'))!
    flip(join(state, log), statSync(join(state, log)).size >> 1, 100)
  }, /\.log/],
]

for (const [what, damage, names] of cases) {
  test(`a directory ${what} is refused, and repaired with a report of the loss`, async (t) => {
    const data = await filled(t)
    for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) t.equal(statSync(join(data, name)).mode & 0o77, 0, `${name} is the owner's alone`)
    damage(join(data, 'state'))
    const before = filesOf(join(data, 'state'))
    const refused = command('emulator', '--data', data)
    t.equal(refused.status, 1)
    t.match(refused.stderr, /^.* is damaged: .*sandtable data repair.*\n$/, 'one line that names the repair')
    t.match(refused.stderr, names)
    t.strictSame(filesOf(join(data, 'state')), before, 'nothing has changed')

    const repaired = command('data', 'repair', data)
    t.equal(repaired.status, 0, repaired.stderr)
    t.match(repaired.stdout, /is repaired\. Damaged or lost:|is intact/)
    const { client, kill } = await started(t, data)
    const { Count = 0 } = await client.send(new ScanCommand({ TableName: 'things' }))
    t.ok(Count > ITEMS / 2 && Count <= ITEMS, `${Count} of ${ITEMS} items are left`)
    await kill()
  })
}
