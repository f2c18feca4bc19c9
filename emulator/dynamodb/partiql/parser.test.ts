import { test } from 'tap'
import { parseStatement } from './parser.ts'

const NWF = "Statement wasn't well formed, can't be processed: "
const LEFT_OVER = `${NWF}Unexpected token after expression`
const TERM = `${NWF}Unexpected term`
const NO_TABLE = `${NWF}Expected identifier for simple path`
const ALIAS = 'Aliasing is not supported'

/** Recorded on AWS by the public paritysuite/dynamodb-conformance, October 2026. */
const REFUSED: [statement: string, message: string][] = [
  ['SELECT * FROM "t" WHERE pk = 1 foo', LEFT_OVER],
  ['SELECT * FROM "t" WHERE pk = 1 e5', LEFT_OVER],
  ["INSERT INTO t VALUE {'pk': 1} foo", LEFT_OVER],
  ['UPDATE t SET a = 9 WHERE pk = 1 foo', LEFT_OVER],
  ['SELECT * FROM t WHERE pk = 1)', LEFT_OVER],
  ['DELETE FROM t WHERE pk = 1 ORDER BY pk', LEFT_OVER],
  ['SELECT * FROM t ORDER BY pk WHERE pk = 1', LEFT_OVER],
  ["INSERT INTO t x VALUE {'pk': 'x'}", LEFT_OVER],
  ["FROM t SET c = 1 WHERE pk = 'x'", LEFT_OVER],
  ['SELECT * FROM t; SELECT * FROM t', LEFT_OVER],
  ['SELECT * FROM t WHERE pk = 1e2147483648', NWF],
  ['SELECT * FROM t WHERE pk = 1e99999999999', NWF],
  ['SELECT * FROM t WHERE pk = 1.5e-2147483647', NWF],
  ['SELECT * FROM t WHERE pk = 1 # note', NWF],
  ['SELECT * FROM t WHERE pk = 1 /* note', NWF],
  ['SELECT * FROM "t', NWF],
  ["SELECT * FROM t WHERE pk = 'x", NWF],
  ["SELECT * FROM t x WHERE pk = 'x'", ALIAS],
  ["SELECT * FROM t AS x WHERE pk = 'x'", ALIAS],
  ["UPDATE t x SET a = 3 WHERE pk = 'x'", ALIAS],
  ["DELETE FROM t x WHERE pk = 'x'", ALIAS],
  ['SELECT * FROM t WHERE', TERM],
  ['SELECT * FROM t WHERE;', TERM],
  ['UPDATE t SET a = 1 WHERE', TERM],
  ['SELECT * FROM t WHERE NOT', TERM],
  ['SELECT * FROM t WHERE (', TERM],
  ['SELECT * FROM', TERM],
  ["SELECT * FROM t WHERE pk = 'a' AND", `${NWF}Missing right-hand side expression of infix operator`],
  ["SELECT * FROM t WHERE pk = 'a' OR", `${NWF}Missing right-hand side expression of infix operator`],
  ['SELECT * FROM t WHERE ORDER BY pk', `${NWF}Unexpected keyword`],
  ['SELECT * FROM t WHERE IS NULL', `${NWF}Unexpected operator`],
  ['SELECT * FROM t WHERE pk = LIKE', `${NWF}Unexpected operator`],
  ["SELECT * FROM t WHERE pk = 'a' AND x IS FOO", `${NWF}Expected type name`],
  ['x IS INT4', 'Unsupported operation: IsType'],
  ['x IS DOUBLE PRECISION', 'Unsupported operation: IsType'],
  ['x IS CHARACTER VARYING', 'Unsupported operation: IsType'],
  ["SLECT * FROM t WHERE pk = 'x'", `${NWF}Expected data manipulation`],
  ['DELETE FROM', NO_TABLE],
  ['DELETE FROM;', NO_TABLE],
  ["DELETE FROM WHERE pk = 'a'", NO_TABLE],
  ['SELECT * FROM t WHERE m.inner = 1', `${NWF}Invalid path dot component`],
  ['SELECT * FROM "t"."i"."x"', 'A path may contain at most 2 components in the FROM clause'],
  ['SELECT * FROM "t".""', 'Path component cannot be an empty string'],
  ['SELECT * FROM ""', 'Path component cannot be an empty string'],
  ["INSERT INTO t.i VALUE {'pk': 'x'}", 'FROM clause may only contain a single table name in data manipulation statements'],
]

test('a statement that cannot be read is refused in AWS\'s words', (t) => {
  for (const [statement, message] of REFUSED) t.throws(() => parseStatement(statement), { code: 'ValidationException', message }, statement)
  t.end()
})

test('a statement is refused for what PartiQL has and DynamoDB has not', (t) => {
  const refused = (statement: string, message: string) => t.throws(() => parseStatement(statement), { code: 'ValidationException', message }, statement)
  refused('SELECT * FROM t LIMIT 5', 'Unsupported clause: LIMIT at 1:17:5')
  refused('SELECT * FROM t\nGROUP BY a', 'Unsupported clause: GROUP at 2:1:5')
  refused('SELECT DISTINCT a FROM t', 'Unsupported clause: DISTINCT at 1:8:8')
  refused('SELECT VALUE a FROM t', "Select projection doesn't support value or pivot keywords")
  refused('SELECT *, a FROM t', "Other attributes should not be present in the projection when '*' is used.")
  refused('SELECT a AS b FROM t', ALIAS)
  refused('SELECT * FROM t, u', 'Only select from a single table or index is supported.')
  refused('SELECT * FROM t JOIN u ON a = b', 'Only select from a single table or index is supported.')
  refused('SELECT * FROM (SELECT * FROM t)', 'Unexpected from source')
  refused('SELECT * FROM t[0]', 'Invalid list expression in source.')
  refused('SELECT a.*.b FROM t', 'Unpivot path component like a.*.b are not supported')
  refused('SELECT a[*] FROM t', 'Wildcard path component like a[*].b are not supported')
  refused('SELECT l[-1] FROM t', 'List index is not within the allowable range; index: [-1] at 1:11:1')
  refused('SELECT l[2147483648] FROM t', 'List index is not within the allowable range; index: [2147483648] at 1:10:10')
  refused("INSERT INTO t <<{'pk': 1}>>", 'Unsupported operation: Inserting multiple items in a single statement is not supported, use "INSERT INTO tableName VALUE item" instead')
  refused("INSERT INTO t VALUE {'pk': 1} RETURNING ALL OLD *", 'RETURNING is not supported in INSERT')
  refused('UPDATE t SET a = 1 WHERE pk = 1 RETURNING ALL *', `${NWF}Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause`)
  refused('UPDATE t SET a = 1 WHERE pk = 1 RETURNING ALL NEW *, MODIFIED OLD *', 'Invalid syntax with multiple returning elements in RETURNING clause')
  refused('UPDATE t WHERE pk = 1', `${NWF}Expected data manipulation`)
  refused('SELECT * FROM t WHERE (pk = 1', `${NWF}Expected RIGHT_PAREN`)
  refused('SELECT * FROM t WHERE pk = -?', `${NWF}Unexpected operator`)
  refused('', TERM)
  t.end()
})

test('keywords, functions and comments may be written in any way', (t) => {
  const same = (one: string, other: string) => t.same(withoutPlaces(parseStatement(one)), withoutPlaces(parseStatement(other)), one)
  same('select a from t where size(a) > 1', 'SELECT "a" FROM "t" WHERE SIZE(a) > 1;')
  same('SELECT * FROM t -- a note\nWHERE a = 1', 'SELECT/**/* FROM t WHERE a /* b */ = 1 --')
  same("SELECT * FROM t WHERE a = 'it''s -- /* no comment */'", "SELECT * FROM t WHERE (a = 'it''s -- /* no comment */')")
  same('SELECT * FROM t WHERE NOT a = 1 AND b = 2 OR c = 3', 'SELECT * FROM t WHERE ((NOT (a = 1)) AND b = 2) OR c = 3')
  same('SELECT * FROM t WHERE a NOT IN (1, 2) AND b NOT BETWEEN 1 AND 2 AND c IS NOT NULL', 'SELECT * FROM t WHERE NOT a IN [1, 2] AND NOT b BETWEEN 1 AND 2 AND NOT c IS NULL')
  same('SELECT * FROM t WHERE a = - - 1 AND b != +2', 'SELECT * FROM t WHERE a = 1 AND b <> 2')
  same('FROM t WHERE pk = 1 SET a = 1 REMOVE b', 'UPDATE t SET a = 1 REMOVE b WHERE pk = 1')
  same("UPDATE t SET a = 1, b['c'] = 2 WHERE pk = 1", 'UPDATE t SET a = 1 SET b.c = 2 WHERE pk = 1')
  t.equal(parseStatement("SELECT * FROM t WHERE a = ? AND b = '?' AND c IN [?, ?]").parameters, 3)
  t.end()
})

test('a statement as long and as deep as it can be is read or refused, in time', (t) => {
  for (const deep of ['('.repeat(8000), 'NOT '.repeat(2000), '['.repeat(8000), `${'- '.repeat(4000)}1`, '{'.repeat(8000), "{'a':".repeat(1500)]) {
    t.throws(() => parseStatement(`SELECT * FROM t WHERE a = ${deep}`), { code: 'ValidationException' })
  }
  t.ok(parseStatement(`SELECT * FROM t WHERE a = 1${' AND a = 1'.repeat(800)}`))
  t.ok(parseStatement(`UPDATE t SET a = 1${'+1'.repeat(4000)} WHERE pk = 1`))
  t.throws(() => parseStatement(`SELECT * FROM t WHERE a = '${"''".repeat(4000)}`), { code: 'ValidationException' })
  t.throws(() => parseStatement(`SELECT * FROM t ${'/*'.repeat(4000)}`), { code: 'ValidationException' })
  t.end()
})

function withoutPlaces (value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, one: unknown) => name === 'at' ? undefined : one))
}
