// Builds dist/, which npm publishes and `npm start` runs. `npm run build` calls it. The script `prepare` calls it with
// `--if-stale`: in `npm ci`, and in the first `npx sandtable` of a checkout, which would otherwise build again.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, relative } from 'node:path'
import { bundleTypebox } from './bundle-typebox.mjs'
import { buildConsole, CONSOLE, isConsoleFresh } from './build-console.mjs'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
/** A file written when the build has ended; its modification time is the time at which the build began. */
const stamp = join(dist, '.built')
const config = join(root, 'tsconfig.build.json')
/** Folders and files. */
const sources = JSON.parse(readFileSync(config, 'utf8')).include.map((entry) => join(root, entry))
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

const ifStale = process.argv.includes('--if-stale')
if (!ifStale || !isConsoleFresh()) await buildConsole()
if (ifStale && isFresh()) process.exit()
const startedAt = new Date()
// Files that were removed from the sources must not stay in the build.
for (const name of existsSync(dist) ? readdirSync(dist) : []) {
  if (name !== CONSOLE) rmSync(join(dist, name), { recursive: true, force: true })
}
compile()
copyAssets()
await bundleTypebox(dist)
chmodSync(join(dist, 'cli/index.js'), 0o755)
writeFileSync(stamp, '')
utimesSync(stamp, startedAt, startedAt)

/** Whether nothing has changed since the last build. Adding or removing a file changes its folder's modification time. */
function isFresh () {
  if (!existsSync(stamp)) return false
  const builtAt = statSync(stamp).mtimeMs
  const inputs = [...sources.flatMap(within), ...['package.json', 'package-lock.json', 'tsconfig.json'].map((file) => join(root, file)), config, import.meta.filename]
  return inputs.every((path) => statSync(path).mtimeMs < builtAt)
}

function compile () {
  const { status, error } = spawnSync(process.execPath, [tsc, '-p', config], { stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

/** Copies the files that the code reads at run time, such as the photographs of the demo. */
function copyAssets () {
  for (const path of sources.flatMap(within)) {
    const isAsset = statSync(path).isFile() && !['.ts', '.md'].includes(extname(path)) && !path.includes('test-support')
    if (isAsset) cpSync(path, join(dist, relative(root, path)))
  }
}

/** A file, or a folder and everything in it. */
function within (path) {
  return statSync(path).isFile() ? [path] : [path, ...readdirSync(path, { recursive: true }).map((name) => join(path, name))]
}
