// Builds dist/: what npm publishes and what `npm start` runs. Called by `npm run build`, and by `npm ci` as `prepare`.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, relative } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

/** Entries of TypeBox, by the name of the file that each becomes in dist/vendor. */
const TYPEBOX = { typebox: 'typebox', 'typebox-value': 'typebox/value' }

// A file that has gone from the sources must not live on in the build.
rmSync(dist, { recursive: true, force: true })
compile()
copyAssets()
await bundleTypebox()
chmodSync(join(dist, 'cli/index.js'), 0o755)

function compile () {
  const { status, error } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

/** What the code reads beside itself, such as the photographs of the demo. */
function copyAssets () {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'))
  for (const folder of include.filter((entry) => extname(entry) === '')) {
    for (const file of filesOf(join(root, folder))) {
      const isAsset = !['.ts', '.md'].includes(extname(file)) && !file.includes('test-support')
      if (isAsset) cpSync(file, join(dist, relative(root, file)))
    }
  }
}

/**
 * TypeBox comes as some 680 modules. Node takes about 0.3 s to load them, each time, and 0.02 s for the same in a few
 * files: so these are made of it, and the code is pointed at them. Types still come from the package.
 */
async function bundleTypebox () {
  const vendor = join(dist, 'vendor')
  await build({
    absWorkingDir: root,
    entryPoints: TYPEBOX,
    outdir: vendor,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  })
  cpSync(new URL('../license', import.meta.resolve('typebox')), join(vendor, 'typebox-license.txt'))

  const bundles = new Map(Object.entries(TYPEBOX).map(([file, specifier]) => [specifier, join(vendor, `${file}.js`)]))
  for (const file of filesOf(dist)) {
    if (extname(file) !== '.js' || dirname(file) === vendor) continue
    const code = readFileSync(file, 'utf8')
    const pointed = code.replace(/^((?:import|export) .*from )'(typebox[^']*)'/gm, (_, start, specifier) => {
      const bundle = bundles.get(specifier)
      if (!bundle) throw new Error(`${relative(dist, file)} imports ${specifier}, which scripts/build.mjs does not bundle`)
      return `${start}'${relative(dirname(file), bundle)}'`
    })
    if (pointed !== code) writeFileSync(file, pointed)
  }
}

function filesOf (folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
