import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'

const ROOT = join(import.meta.dirname, '..').replace(/\/\.test-build$/, '')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

test('the image is built from everything that is compiled', async (t) => {
  const { include } = JSON.parse(read('tsconfig.build.json')) as { include: string[] }
  const sent = new Set(read('.dockerignore').split('\n'))
  for (const entry of include) t.ok(sent.has(`!${entry}`), `.dockerignore sends ${entry}`)
})

test('what is published has no code of tests in it', async (t) => {
  const files = execFileSync('git', ['ls-files', '*.ts'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n')
    .filter((file) => !/\.test\.ts$|(^|\/)test-support\/|^test\//.test(file))
  t.ok(files.length > 500)
  const offenders = files.filter((file) => /from '(tap|[^']*\/test-support\/[^']*)'/.test(read(file)))
  t.strictSame(offenders, [], 'code for tests is in test-support/')
})
