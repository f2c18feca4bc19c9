import { ExecuteStatementCommand, ExecuteTransactionCommand } from '@aws-sdk/lib-dynamodb'
import { test } from 'tap'
import { seededRandom } from '../../../core/random.ts'
import { testEmulator } from '../../../test-support/emulator.ts'
import { createSongs } from './test-support/songs.ts'

const SEED = Number(process.env.FUZZ_SEED ?? 1)
const STATEMENTS = Number(process.env.FUZZ_STATEMENTS ?? 1000)

/** No statement takes longer than this, in ms of real time: it would be a search that grows with its length. */
const LONGEST_MS = 500

const WORDS = [
  'SELECT', '*', 'FROM', 'songs', '"songs"."by-genre"', 'WHERE', 'pk', 'sk', 'genre', '"year"', 'label.cities[0]', '=', '<>', '<', '>=', "'ada'", "'a'", '1', '-2.5e3', '1e999', '?', 'AND', 'OR',
  'NOT', 'IN', "['a', 'b']", '(', ')', '[', ']', '<<1>>', "<<'x'>>", '<<', '>>', "{'a': 1}", '{', '}', ':', 'BETWEEN', 'IS', 'NULL', 'MISSING', 'STRING', 'begins_with(sk, \'a\')', 'contains(', 'size(genre)',
  'attribute_exists(genre)', 'ORDER', 'BY', 'DESC', 'INSERT', 'INTO', 'VALUE', 'UPDATE', 'SET', 'REMOVE', 'DELETE', 'RETURNING', 'ALL', 'OLD', 'NEW', 'MODIFIED', 'EXISTS', 'list_append(', 'set_add(', ',', ';', '.', '+', '-',
  '--', '/*', '*/', '#', "'", '"', '`', '\n', '\0', '💥', 'LIMIT', '__proto__', 'inner', 'TRUE',
]

/** Statements that are right, to be changed a little. */
const RIGHT = [
  "SELECT genre FROM songs WHERE pk = 'ada' AND sk IN ['a', 'b'] AND NOT genre = 'rock' ORDER BY sk DESC",
  "SELECT * FROM songs WHERE (pk = 'ada' OR pk = ?) AND sk BETWEEN 'a' AND 'c'",
  "INSERT INTO songs VALUE {'pk': 'ada', 'sk': ?, 'm': {'l': [1, <<'x'>>]}}",
  "UPDATE songs SET genre = 'x', n = n + 1 REMOVE label WHERE pk = 'ada' AND sk = 'a' AND genre IS NOT MISSING RETURNING MODIFIED NEW *",
  "DELETE FROM songs WHERE pk = 'ada' AND sk = 'a' RETURNING ALL OLD *",
  "EXISTS(SELECT * FROM songs WHERE pk = 'ada' AND sk = 'a' AND size(genre) > 1)",
]

test('no statement makes an internal error, or takes long', async (t) => {
  const { documents } = (await testEmulator(t)).clients({ maxAttempts: 1, fastPath: true })
  await createSongs(documents)
  const random = seededRandom(SEED)
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
  const soup = () => Array.from({ length: 1 + Math.floor(random() * 30) }, () => pick(WORDS)).join(random() < 0.9 ? ' ' : '')
  const changed = () => {
    const words = pick(RIGHT).split(' ')
    for (let changes = Math.floor(random() * 4); changes > 0; changes--) words.splice(Math.floor(random() * words.length), Math.floor(random() * 3), pick(WORDS))
    return words.join(' ')
  }
  const long = () => `${pick(RIGHT)} ${pick(WORDS).repeat(2000)}`.slice(0, 8192)
  let answered = 0
  for (let count = 0; count < STATEMENTS; count++) {
    const Statement = random() < 0.02 ? long() : random() < 0.3 ? soup() : changed()
    const Parameters = random() < 0.5 ? ['a', 1] : undefined
    const began = performance.now()
    const command = random() < 0.9 ? new ExecuteStatementCommand({ Statement, Parameters }) : new ExecuteTransactionCommand({ TransactStatements: [{ Statement, Parameters }] })
    const error = await documents.send(command as ExecuteStatementCommand).then(() => undefined, (error: Error & { $metadata?: { httpStatusCode?: number } }) => error)
    if (!error) answered++
    if (error?.$metadata?.httpStatusCode !== 400 && error) t.fail(`${error.name} of ${Statement}`)
    if (performance.now() - began > LONGEST_MS) t.fail(`too long: ${Statement}`)
  }
  t.ok(answered > STATEMENTS / 50 && answered < STATEMENTS / 2, `${answered} were carried out`)
})
