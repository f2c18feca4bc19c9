import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'

const root = join(import.meta.dirname, '..', '..')
/** Tests also run as built JavaScript. */
const source = (path: string) => readFile(join(import.meta.dirname, path), 'utf8').catch(() => readFile(join(import.meta.dirname, path.replace(/ts$/, 'js')), 'utf8'))

test('the page on the DynamoDB emulator names files, folders and functions that exist', async (t) => {
  const page = await readFile(join(root, 'docs/dynamodb-emulator.md'), 'utf8')
    .catch(() => readFile(join(root, '..', 'docs/dynamodb-emulator.md'), 'utf8'))
  const names = [...page.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!)
  const files = names.filter((name) => name.endsWith('.ts'))
  const words = names.filter((name) => /^[a-z]\w+$/i.test(name) && name !== 'Limit')
  t.ok(files.length >= 15 && words.length >= 20)
  const sources = await Promise.all([...new Set(files)].map((file) => source(file)))
  for (const word of new Set(words)) t.ok(sources.some((text) => new RegExp(`\\b${word}\\b`).test(text)), word)
})
