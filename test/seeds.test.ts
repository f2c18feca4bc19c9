import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { loadScenarios } from '../scenarios/kit/catalogue.ts'

// The tests also run from .test-build, whose files are of the same names; the documents are beside it.
const ROOT = [join(import.meta.dirname, '..'), join(import.meta.dirname, '../..')].find((folder) => existsSync(join(folder, 'docs/seeds.md')))!

interface Row { promise: string, references: string[] }

const rows: Row[] = readFileSync(join(ROOT, 'docs/seeds.md'), 'utf8').split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (---|promise) /.test(line))
  .map((line) => {
    const [, promise = '', shown = ''] = line.split(/ ?\| ?/)
    return { promise, references: [...shown.matchAll(/`([^`]+)`/g)].map(([, reference]) => reference!) }
  })

test('every promise of the seeds is shown by scenarios and tests that exist', async (t) => {
  const scenarios = new Set((await loadScenarios()).map(({ name }) => name))
  t.ok(rows.length > 70, `${rows.length} promises are read`)
  for (const { promise, references } of rows) {
    t.ok(references.length > 0, `it is shown: ${promise}`)
    for (const reference of references) t.ok(exists(reference, scenarios), `${reference} exists`)
  }
})

test('every scenario of a feature shows a promise of the seeds', async (t) => {
  const named = new Set(rows.flatMap(({ references }) => references))
  // Those of the operations rehearse more than the seeds promise.
  const ofFeatures = (await loadScenarios()).filter(({ name }) => !name.startsWith('operations/'))
  for (const { name } of ofFeatures) t.ok(named.has(name), `docs/seeds.md names ${name}`)
})

/** A scenario by its name; a test by its file, and perhaps a part of a title in it. */
function exists (reference: string, scenarios: ReadonlySet<string>): boolean {
  if (!reference.includes('.ts')) return scenarios.has(reference)
  const [path = '', title = ''] = reference.split(': ')
  const file = join(ROOT, path)
  return existsSync(file) && readFileSync(file, 'utf8').includes(title)
}
