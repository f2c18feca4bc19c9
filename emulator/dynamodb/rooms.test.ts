import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'

/** The project's folder; the tests also run as built JavaScript, one folder below it. */
const root = import.meta.dirname.replace(/[\\/](\.test-build[\\/])?emulator[\\/]dynamodb$/, '')

test('the page on the DynamoDB emulator names files, folders and functions that exist', async (t) => {
  const page = await readFile(join(root, 'docs/dynamodb-emulator.md'), 'utf8')
  const names = [...page.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!)
  const files = names.filter((name) => name.endsWith('.ts'))
  const words = names.filter((name) => /^[a-z]\w+$/i.test(name) && name !== 'Limit')
  t.ok(files.length >= 15 && words.length >= 20)
  const sources = await Promise.all([...new Set(files)].map((file) => readFile(join(root, 'emulator/dynamodb', file), 'utf8')))
  for (const word of new Set(words)) t.ok(sources.some((text) => new RegExp(`\\b${word}\\b`).test(text)), word)
})
