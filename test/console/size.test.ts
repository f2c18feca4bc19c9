import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { test } from 'tap'

const folder = join(dirname(createRequire(import.meta.url).resolve('sandtable/package.json')), 'dist/console')
const skip = existsSync(join(folder, 'index.html')) ? false : 'the console has not been built: npm run build'
const packed = (name: string) => gzipSync(readFileSync(join(folder, name))).length

/** Files, with those that they import. */
function withImports (names: readonly string[], found = new Set<string>()): Set<string> {
  for (const name of names) {
    if (found.size === found.add(name).size) continue
    const code = readFileSync(join(folder, name), 'utf8')
    withImports([...code.matchAll(/(?:from|import)\s*["`']\.\/([\w.-]+\.js)/g)].map(([, file]) => `assets/${file}`), found)
  }
  return found
}

test('the first page takes less than 700 KB of compressed JavaScript, and all of the console less than 2.5 MB', { skip }, async (t) => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const names = readdirSync(join(folder, 'assets'))
  const first = [...page.matchAll(/assets\/[^"]+\.js/g)].map(([name]) => name)
  const overview = names.filter((name) => /^(overview-page|service-counts).*\.js$/.test(name)).map((name) => `assets/${name}`)
  const firstBytes = [...withImports([...first, ...overview])].reduce((sum, name) => sum + packed(name), 0)
  const allBytes = names.reduce((sum, name) => sum + packed(`assets/${name}`), 0)
  t.comment(`${firstBytes} bytes for the first page, ${allBytes} for all`)
  t.ok(first.length > 0 && overview.length > 1)
  t.ok(firstBytes < 700_000)
  t.ok(allBytes < 2_500_000)
  t.notMatch(page, /<script(?![^>]* src=)/, 'no script is inline')
})
