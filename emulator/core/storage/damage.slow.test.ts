import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { DirectoryStorage } from './directory-storage.ts'
import { repairState } from './repair-state.ts'

const NAME = 'dynamodb/000000000000/us-east-1'
const ENTRIES = 3000

/** A closed data directory whose state has a table, a log and a manifest. */
async function closedDirectory (t: Test): Promise<{ path: string, state: string, find: (ending: RegExp) => string }> {
  const path = join(t.testdir({}), 'data')
  // The first session's log becomes a table at the second start.
  for (const session of [0, 1]) {
    const storage = await DirectoryStorage.open(path)
    const { database } = await storage.open(NAME)
    for (let from = 0; from < ENTRIES; from += 100) {
      await database.commit(Array.from({ length: 100 }, (_, index) => ({ key: `${session}/${from + index}`, value: { text: `${'value'.repeat(20)}${index}` } })))
    }
    await storage.close()
  }
  const state = join(path, 'state')
  return { path, state, find: (ending) => join(state, readdirSync(state).filter((name) => ending.test(name)).at(-1)!) }
}

function flip (file: string, at: number, count = 100): void {
  const bytes = readFileSync(file)
  for (let index = at; index < at + count; index++) bytes[index]! ^= 0xFF
  writeFileSync(file, bytes)
}

/** Of the first record of the last block. */
function flipLastLength (log: string): void {
  const { size } = statSync(log)
  flip(log, size - size % 32_768 + 5, 1)
}

interface Case {
  damage: (files: Awaited<ReturnType<typeof closedDirectory>>) => void
  line: RegExp
  left: (entries: number) => boolean
}

const DAMAGES: Readonly<Record<string, Case>> = {
  'CURRENT is missing': { damage: ({ state }) => rmSync(join(state, 'CURRENT')), line: /state\/CURRENT is missing/, left: (entries) => entries === 2 * ENTRIES },
  'CURRENT has other bytes': { damage: ({ state }) => flip(join(state, 'CURRENT'), 2, 3), line: /state\/CURRENT is damaged/, left: (entries) => entries === 2 * ENTRIES },
  'the manifest is missing': { damage: ({ find }) => rmSync(find(/^MANIFEST/)), line: /state\/MANIFEST-\d+ is missing/, left: (entries) => entries === 2 * ENTRIES },
  'the manifest has other bytes': { damage: ({ find }) => flip(find(/^MANIFEST/), 20, 4), line: /state\/MANIFEST-\d+ is damaged/, left: (entries) => entries === 2 * ENTRIES },
  'the log has other bytes': { damage: ({ find }) => flip(find(/\.log$/), 50_000), line: /state\/\d+\.log has \d+ damaged bytes/, left: (entries) => entries > ENTRIES && entries < 2 * ENTRIES },
  'the last block of the log has a wrong length': { damage: ({ find }) => flipLastLength(find(/\.log$/)), line: /state\/\d+\.log has \d+ damaged bytes/, left: (entries) => entries > ENTRIES && entries < 2 * ENTRIES },
  'the log is missing': { damage: ({ find }) => rmSync(find(/\.log$/)), line: /state\/\d+\.log is missing/, left: (entries) => entries === ENTRIES },
  'a table has other bytes': { damage: ({ find }) => flip(find(/\.ldb$/), 5000), line: /state\/\d+\.ldb has \d+ damaged blocks/, left: (entries) => entries > ENTRIES && entries < 2 * ENTRIES },
  'a table is cut short': { damage: ({ find }) => truncateSync(find(/\.ldb$/), 5000), line: /state\/\d+\.ldb is damaged/, left: (entries) => entries === ENTRIES || entries === 0 },
  'a table is missing': { damage: ({ find }) => rmSync(find(/\.ldb$/)), line: /state\/\d+\.ldb is missing/, left: (entries) => entries === ENTRIES || entries === 0 },
  'the state is missing': { damage: ({ state }) => rmSync(state, { recursive: true }), line: /state\/CURRENT is missing/, left: (entries) => entries === 0 },
}

for (const [title, { damage, line, left }] of Object.entries(DAMAGES)) {
  test(`A start is refused when ${title}, and a repair keeps what is intact`, async (t) => {
    const files = await closedDirectory(t)
    damage(files)
    const { path, state } = files
    const before = listed(state)
    const error = await DirectoryStorage.open(path).catch((error: unknown) => error) as Error
    t.equal(error.name, 'DataPathError')
    t.match(error.message, line)
    t.match(error.message, `sandtable data repair ${path}`)
    t.notMatch(error.message, '\n')
    t.same(listed(state), before, 'nothing was changed')

    const repaired = await repairState(path)
    t.match(repaired.lost[0], line)
    const storage = await DirectoryStorage.open(path)
    t.teardown(() => storage.close())
    const { database } = await storage.open(NAME)
    const entries = (await database.keys({})).length
    t.ok(left(entries), `${entries} entries are left`)
    const wrong = (await database.keys({})).filter((key) => !/^(value){20}\d+$/.test((database.get(key) as { text: string }).text)) // written above
    t.same(wrong, [], 'what is left has its right value')
  })
}

test('An incomplete record at the end of the log is not damage: a kill leaves it', async (t) => {
  const { path, find } = await closedDirectory(t)
  const log = find(/\.log$/)
  truncateSync(log, statSync(log).size - 10)
  const storage = await DirectoryStorage.open(path)
  await storage.close()
  t.same(await repairState(path), { lost: [] })
})

test('A directory that is in use is reported as in use, whatever its files contain', async (t) => {
  const path = join(t.testdir({}), 'data')
  const storage = await DirectoryStorage.open(path)
  t.teardown(() => storage.close())
  await t.rejects(repairState(path), { message: /is in use by another emulator/ })
})

test('Only the owner may read a data directory', { skip: process.platform === 'win32' && 'Windows has no such modes' }, async (t) => {
  const { path, state } = await closedDirectory(t)
  for (const folder of [path, state, join(path, 'contents')]) t.equal(statSync(folder).mode & 0o77, 0, folder)
})

/** Names and sizes, without the lock and LevelDB's own notes. */
function listed (folder: string): [name: string, size: number][] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => !name.startsWith('LO')).map((name) => [name, statSync(join(folder, name)).size])
}
