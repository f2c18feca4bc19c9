import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { test, type Test } from 'tap'

// As this file is: built, or TypeScript that has to be loaded.
const ENDING = extname(import.meta.filename)
const NODE_ARGS = ENDING === '.ts' ? [`--import=${import.meta.resolve('tsx')}`] : []
const INDEX = pathToFileURL(join(import.meta.dirname, `../index${ENDING}`)).href
const README = readFileSync(join(dirname(fileURLToPath(import.meta.resolve('sandtable/package.json'))), 'README.md'), 'utf8')

/** Runs JavaScript in a project that has Sandtable installed; throws when it fails. */
async function runInProject (t: Test, code: string, env: Record<string, string> = {}): Promise<{ stdout: string, stderr: string }> {
  const project = t.testdir({
    'package.json': '{}', // without one, the name sandtable means the package around the fixture
    'example.mjs': code,
    node_modules: { sandtable: { 'package.json': '{"name":"sandtable","type":"module","exports":"./index.js"}', 'index.js': `export * from '${INDEX}'\n` } },
  })
  return promisify(execFile)(process.execPath, [...NODE_ARGS, join(project, 'example.mjs')], { cwd: project, env: { PATH: process.env.PATH, ...env } })
}

test('the README\'s test example runs as plain JavaScript on this Node.js, and writes nothing to standard error', async (t) => {
  const example = /```js\n([^`]*startEmulator\(\)[^`]*)```/.exec(README)?.[1] ?? t.fail('It is not there.')
  t.notMatch(example, 'await using', 'which is a syntax error before Node.js 24')
  const { stdout, stderr } = await runInProject(t, String(example))
  t.match(stdout, /pass 1\n.*fail 0\n/s)
  t.equal(stderr, '')
})

test('clients of the emulator and the user\'s own print no warning of the SDK, unless it is requested', async (t) => {
  const code = `
    import { S3Client } from '@aws-sdk/client-s3'
    import { startEmulator } from 'sandtable'
    const emulator = await startEmulator()
    await emulator.clients().s3.config.region()
    new S3Client({ endpoint: emulator.url, region: 'us-east-1' })
    await emulator.close()
  `
  t.strictSame(await runInProject(t, code), { stdout: '', stderr: '' })
  const shown = await runInProject(t, code, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'false' })
  if (Number(process.versions.node.split('.')[0]) < 22) t.match(shown.stderr, 'NodeVersionSupportWarning', 'the switch is the SDK\'s')
})
