import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { test, type Test } from 'tap'
import { run } from '../cli/run.ts'
import { testEmulator } from '../emulator/test-support/emulator.ts'

// As this file is: built, or TypeScript that has to be loaded.
const ENDING = extname(import.meta.filename)
const KIT = pathToFileURL(join(import.meta.dirname, `../scenarios/index${ENDING}`)).href
const DOCS = join(dirname(fileURLToPath(import.meta.resolve('sandtable/package.json'))), 'docs')
const EXAMPLE = join(DOCS, 'examples/own-scenarios')

/** The example in a project that has Sandtable installed, its API running on an emulator, and the command on both. */
async function setUp (t: Test) {
  const emulator = await testEmulator(t)
  const project = t.testdir({
    'package.json': '{}',
    node_modules: { sandtable: { 'package.json': '{"name":"sandtable","type":"module","exports":{"./scenarios":"./scenarios.js"}}', 'scenarios.js': `export * from '${KIT}'\n` } },
  })
  await cp(EXAMPLE, project, { recursive: true })
  const api = spawn(process.execPath, ['api.mjs'], {
    cwd: project,
    env: { PATH: process.env.PATH, PORT: '0', AWS_ENDPOINT_URL: emulator.url, AWS_ACCESS_KEY_ID: 'sandtable', AWS_SECRET_ACCESS_KEY: 'sandtable', AWS_REGION: 'us-east-1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(async () => {
    api.kill()
    if (api.exitCode === null && api.signalCode === null) await once(api, 'exit')
  })
  const [url] = await once(createInterface({ input: api.stdout }), 'line') as [string]
  return {
    file: (name: string) => join(project, 'scenarios/notes', name),
    scenarios: async (...args: string[]) => {
      const printed = { out: '', err: '' }
      const status = await run(['scenarios', '--dir', join(project, 'scenarios'), '--target', url, ...args], {
        stdout: { write (text) { printed.out += text } },
        stderr: { write (text) { printed.err += text } },
        on: () => undefined,
        exit: (code) => t.fail(`it ended the process with ${code}`),
      })
      return { status, ...printed }
    },
    emulator: ['--emulator', emulator.url!],
  }
}

test('scenarios of a user\'s own API', async (t) => {
  const { scenarios, emulator, file } = await setUp(t)

  await t.test('run against it, with their calls and costs', async (t) => {
    t.match(await scenarios(...emulator), { status: 0, err: '', out: /\nok +notes\/missing-note +2 +1 +0\.5 +0 .*\nok +notes\/put-note +4 +1 +0\.25 +0\.5 / })
  })

  await t.test('without an emulator their calls are not checked', async (t) => {
    t.match(await scenarios('put-note'), { status: 0, out: /NOT CHECKED: 2 checks/ })
  })

  await t.test('record calls, and fail when other calls are made', async (t) => {
    const recorded = await readFile(file('missing-note.calls.json'), 'utf8')
    await writeFile(file('missing-note.calls.json'), recorded.replace('0.5', '1'))
    t.match(await scenarios('missing-note', ...emulator), { status: 1, out: /\+ dynamodb +GetItem +notes +0\.5 RCU, 0 WCU\n +- dynamodb +GetItem +notes +1 RCU/ })
    t.match(await scenarios('missing-note', '--record', ...emulator), { status: 0 })
    t.equal(await readFile(file('missing-note.calls.json'), 'utf8'), recorded, 'the example\'s file is what --record writes')
  })

  await t.test('are refused with a reason', async (t) => {
    t.match(await scenarios('--record'), { status: 2, err: /--record needs --dir and --emulator/ })
    await writeFile(file('other.mjs'), 'export default {}\n')
    t.match(await scenarios(...emulator), { status: 2, err: /other\.mjs is no scenario/ })
  })
})

test('the command of the pipelines in docs/ci.md writes the reports that they keep', async (t) => {
  const page = await readFile(join(DOCS, 'ci.md'), 'utf8')
  const commands = [...page.matchAll(/npx sandtable (scenarios .*--output reports)$/gm)].map(([, command]) => command!)
  t.equal(commands.length, 3, 'on its own, for GitHub and for GitLab')
  t.equal(new Set(commands).size, 1)
  const output = join(t.testdir(), 'reports')
  // One scenario instead of all of them.
  const args = commands[0]!.split(' ').map((arg) => arg === 'reports' ? output : arg)
  const status = await run([...args, 'chat/profile'], { stdout: { write () {} }, stderr: { write (text) { t.comment(text) } }, on: () => undefined, exit: (code) => t.fail(`it ended the process with ${code}`) })
  t.equal(status, 0)
  const kept = [...page.matchAll(/reports\/(scenarios\.\w+)/g)].map(([, file]) => file!)
  t.strictSame((await readdir(output)).sort(), [...new Set(kept)].sort())
})
