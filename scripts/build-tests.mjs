// Builds .test-build/: the code and its tests as JavaScript, which tap runs. It takes a second; loading TypeScript in each
// test process takes longer than all the tests. It does not check types: `npm run typecheck` does.
//
// Loading tap and the SDK takes longer than most test files. So several files share a process: a suite imports them.
// `npx tap .test-build/PATH.test.js` runs a single file.
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, extname, join, relative } from 'node:path'
import { build } from 'esbuild'
import { bundleTypebox } from './bundle-typebox.mjs'

const root = join(import.meta.dirname, '..')
const target = join(root, '.test-build')
const parts = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).include
const files = parts.flatMap(tracked).filter((file) => extname(file) !== '.md')
const FILES_IN_A_SUITE = 8
/** Fewer of the slow ones: tap limits the time of a suite, not of a file. */
const SLOW_FILES_IN_A_SUITE = 3
/** Tests that start processes, replay all scenarios or generate thousands of cases: run by `npm run test:slow` and CI. */
const isSlow = (file) => file.endsWith('.slow.test.ts')
const isTypeScript = (file) => extname(file) === '.ts'

rmSync(target, { recursive: true, force: true })
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: files.filter(isTypeScript),
  outbase: root,
  outdir: target,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  sourcesContent: false,
})
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true })
  // Line numbers do not change, so source maps stay valid.
  writeFileSync(path, text.replaceAll(/(from |import |import\()(["'])(\.{1,2}\/[^"'\n]+)\.ts\2/g, '$1$2$3.js$2'))
}
for (const file of files.filter((file) => !isTypeScript(file))) cpSync(join(root, file), join(target, file))
// Coverage ignores node_modules, and so these bundles.
await bundleTypebox(target, join(target, 'node_modules/vendor'))

for (const part of parts) {
  const tests = files.filter((file) => file.startsWith(`${part}/`) && file.endsWith('.test.ts'))
  writeSuites(part, tests.filter((file) => !isSlow(file)), FILES_IN_A_SUITE)
  writeSuites(`slow/${part}`, tests.filter(isSlow), SLOW_FILES_IN_A_SUITE)
}

/** Writes suites named `NAME-1` and so on, each of so many of the test files. */
function writeSuites (name, tests, size) {
  const count = Math.ceil(tests.length / size)
  for (let suite = 0; suite < count; suite++) {
    // Neighbours go to different suites, since slow test files often are in the same folder.
    const members = tests.filter((_, index) => index % count === suite)
    const path = join(target, 'suites', `${name}-${suite + 1}.test.js`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, members.map((file) => `import '${relative(dirname(path), join(target, file.replace(/ts$/, 'js')))}'\n`).join(''))
  }
}

/** The files of a part that git tracks or would track. */
function tracked (part) {
  const { stdout, status } = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '--', part], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git does not list the files of ${part}`)
  return stdout.split('\n').filter((file) => file !== '' && statSync(join(root, file), { throwIfNoEntry: false })?.isFile())
}
