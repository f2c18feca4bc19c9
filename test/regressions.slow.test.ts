import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'tap'

const ROOT = dirname(fileURLToPath(import.meta.resolve('sandtable/package.json')))
/** All that the scenarios need. */
const PARTS = ['cli', 'cost', 'emulator', 'http', 'scenarios', 'server', 'bench', 'sandtable.ts', 'index.ts', 'package.json', 'tsconfig.json']

/** A regression, as somebody might make it; the scenarios that it must turn red, and some that it must not. */
interface Regression { what: string, file: string, from: string, to: string, red: string[], green: string[] }

const regressions: Regression[] = [
  {
    what: 'a read that costs twice as much',
    file: 'server/features/face/repositories/face-records.ts',
    from: 'new GetCommand({ TableName: table, Key: { userId }, ...METERED })',
    to: 'new GetCommand({ TableName: table, Key: { userId }, ConsistentRead: true, ...METERED })',
    red: ['face/get-one', 'face/get-missing'],
    green: ['face/exists', 'report/get-one'],
  },
  {
    what: 'a list in the wrong order',
    file: 'server/features/report/repositories/reports.ts',
    from: 'ScanIndexForward: false',
    to: 'ScanIndexForward: true',
    red: ['report/my-reports'],
    green: ['report/get-one', 'report/change'],
  },
  {
    what: 'a write without the condition that the report is the caller\'s',
    file: 'server/features/report/repositories/reports.ts',
    from: 'expression: \'#user_id = :caller\'',
    to: 'expression: \'(attribute_exists(#user_id) OR #user_id = :caller)\'',
    red: ['report/somebody-elses'],
    green: ['report/my-reports', 'report/delete'],
  },
  {
    what: 'a record that replaces another',
    file: 'server/features/face/repositories/face-records.ts',
    from: 'ConditionExpression: ABSENT,',
    to: 'ConditionExpression: `attribute_exists(userId) OR ${ABSENT}`,', // eslint-disable-line no-template-curly-in-string -- it is code
    red: ['face/create-race-of-registrations'],
    green: ['face/create', 'face/create-duplicate'],
  },
]

/** Two of them by default, each of which takes some seconds; `REGRESSIONS=all` plants all. */
const planted = process.env.REGRESSIONS === 'all' ? regressions : regressions.slice(-2)

test('planted regressions turn exactly their scenarios red', async (t) => {
  // In the project, so that packages are found.
  await mkdir(join(ROOT, '.tap'), { recursive: true })
  const copy = await mkdtemp(join(ROOT, '.tap/regressions-'))
  t.teardown(() => rm(copy, { recursive: true }))
  await Promise.all(PARTS.map((part) => cp(join(ROOT, part), join(copy, part), { recursive: true })))
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))

  for (const { what, file, from, to, red, green } of planted) {
    await t.test(what, async (t) => {
      const path = join(copy, file)
      const source = await readFile(path, 'utf8')
      t.equal(source.split(from).length, 2, 'the place to change is there, once')
      await writeFile(path, source.replace(from, () => to))
      t.strictSame(await failedOf(copy, [...red, ...green]), red.toSorted())
      await writeFile(path, source)
    })
  }
})

/** Runs scenarios of the copy, and returns the names of those that fail. */
async function failedOf (copy: string, names: readonly string[]): Promise<string[]> {
  const args = [`--import=${import.meta.resolve('tsx')}`, 'cli/index.ts', 'scenarios', ...names, '--jobs', '2', '--report', 'json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: copy, env: { PATH: process.env.PATH, MAX_EVENT_LOOP_DELAY: '10m' }, maxBuffer: 1e8 })
    .catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' })) // it ends with status 1 when a scenario fails
  const { scenarios } = JSON.parse(stdout) as { scenarios: { name: string, outcome: string }[] } // the report
  return scenarios.filter(({ name, outcome }) => names.includes(name) && outcome === 'failed').map(({ name }) => name).sort()
}
