import { test, type Test } from 'tap'
import { AWS_LIMITS } from '../limits.ts'
import type { Item } from '../values/item.ts'
import { applyUpdate } from './apply-update.ts'
import { keyConditionsOf } from './key-condition.ts'
import { parseExpressions, type Expressions } from './parse-request.ts'

const fault = (request: Expressions) => parseExpressions(request, AWS_LIMITS)
const names = (...all: string[]) => Object.fromEntries(all.map((name) => [`#${name}`, name]))

/** The fault of a filter on values `:s`, `:n`, `:l` and `:t`, whichever it uses. */
function filterFault (FilterExpression: string): string | undefined {
  const all: Item = { ':s': { S: 's' }, ':n': { N: '1' }, ':l': { L: [] }, ':t': { BOOL: true } }
  const used = Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(FilterExpression))
  return fault({ FilterExpression, ExpressionAttributeValues: used.length > 0 ? Object.fromEntries(used) : undefined })
}

// Sources: answers of AWS recorded in issues of aws-sdk-js-v3 (#2079) and in the public paritysuite/dynamodb-conformance.
test('a syntax error names the token between its neighbours', async (t) => {
  const cases: [Expressions, string | undefined][] = [
    [{ UpdateExpression: 'INVALID SYNTAX HERE' }, 'Invalid UpdateExpression: Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    [{ ProjectionExpression: '!!! INVALID !!!' }, 'Invalid ProjectionExpression: Syntax error; token: "!", near: "!!"'],
    [{ ConditionExpression: 'foo' }, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "foo"'],
    [{ KeyConditionExpression: 'begins_with(a, G_M#)' }, 'Invalid KeyConditionExpression: Syntax error; token: "#", near: "G_M#)"'],
    [{ FilterExpression: 'a = b c' }, 'Invalid FilterExpression: Syntax error; token: "c", near: "b c"'],
    [{ FilterExpression: '(a = b) = c' }, 'Invalid FilterExpression: Syntax error; token: "=", near: ") = c"'],
    [{ FilterExpression: 'a AND b = c' }, 'Invalid FilterExpression: Syntax error; token: "AND", near: "a AND b"'],
    [{ UpdateExpression: 'SET a = b + c + d' }, 'Invalid UpdateExpression: Syntax error; token: "+", near: "c + d"'],
    [{ ProjectionExpression: 'a[b]' }, 'Invalid ProjectionExpression: Syntax error; token: "b", near: "[b]"'],
    [{ ProjectionExpression: 'a,' }, 'Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","'],
    // A name that is not quoted begins with a letter; so does that of a function.
    [{ UpdateExpression: 'SET _a = b' }, 'Invalid UpdateExpression: Syntax error; token: "_", near: "SET _a"'],
    [{ UpdateExpression: 'SET a = _f(b)' }, 'Invalid UpdateExpression: Syntax error; token: "_", near: "= _f"'],
    [{ UpdateExpression: 'REMOVE a._b' }, 'Invalid UpdateExpression: Syntax error; token: "_", near: "._b"'],
    [{ ConditionExpression: 'attribute_exists(_a)' }, 'Invalid ConditionExpression: Syntax error; token: "_", near: "(_a"'],
    [{ FilterExpression: 'a = _b' }, 'Invalid FilterExpression: Syntax error; token: "_", near: "= _b"'],
    [{ ProjectionExpression: 'a, _b' }, 'Invalid ProjectionExpression: Syntax error; token: "_", near: ", _b"'],
    [{ KeyConditionExpression: '1a = b' }, 'Invalid KeyConditionExpression: Syntax error; token: "1", near: "1a"'],
    [{ ProjectionExpression: 'a_1, #_a', ExpressionAttributeNames: { '#_a': '_a' } }, undefined],
    [{ FilterExpression: '' }, 'Invalid FilterExpression: The expression can not be empty;'],
  ]
  for (const [request, expected] of cases) t.equal(fault(request), expected)
})

test('conditions are refused for errors that do not depend on the item', async (t) => {
  const cases: [string, string | undefined][] = [
    ['a = :s AND (b < :n OR NOT attribute_exists(c)) AND size(d) BETWEEN :n AND :n', undefined],
    ['NOT NOT (a).b = :s and begins_with ( a[0] [1] . c , :s )', undefined],
    ['((a = :s))', 'The expression has redundant parentheses;'],
    ['((a = :s) AND (b = :s))', undefined],
    ['if_not_exists(a, :s) = :s', 'The function is not allowed in a condition expression; function: if_not_exists'],
    ['list_append(a, :l) = :l', 'The function is not allowed in a condition expression; function: list_append'],
    ['NOT list_append(a, :l)', 'The function is not allowed in a condition expression; function: list_append'],
    ['FOO(a)', 'Invalid function name; function: FOO'],
    ['size(a)', 'The function is not allowed to be used this way in an expression; function: size'],
    ['contains(a, :s) = :t', 'The function is not allowed to be used this way in an expression; function: contains'],
    ['name = :s', 'Attribute name is a reserved keyword; reserved keyword: name'],
    ['a = :x', 'An expression attribute value used in expression is not defined; attribute value: :x'],
    ['#a = :s', 'An expression attribute name used in the document path is not defined; attribute name: #a'],
    ['contains(a)', 'Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1'],
    ['a.b = a.b', 'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a, b]'],
    ['begins_with(a, :n)', 'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N'],
    ['a < :t', 'Incorrect operand type for operator or function; operator or function: <, operand type: BOOL'],
    ['size(:n) > :n', 'Incorrect operand type for operator or function; operator or function: size, operand type: N'],
    ['attribute_exists(:s)', 'Operator or function requires a document path; operator or function: attribute_exists'],
    ['attribute_type(a, :s)', 'Invalid attribute type name found; type: s, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}'],
    ['a BETWEEN :n AND :s', 'The BETWEEN operator requires same data type for lower and upper bounds; ' +
      'lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:s}'],
    [`a IN (${Array.from({ length: 100 }, () => ':s').join()})`, undefined],
    [`a IN (${Array.from({ length: 101 }, () => ':s').join()})`,
      'Incorrect number of operands for operator or function; operator or function: IN, number of operands: 102'],
    [Array.from({ length: 151 }, () => 'a = b').join(' OR '), 'The expression contains too many operators; operator count: 301'],
    ['a[9999999999] = :s', 'List index is not within the allowable range; index: [9999999999]'],
    [`${'a.'.repeat(32)}a = :s`, 'The document path has too many nesting elements; nesting levels: 33'],
  ]
  for (const [expression, expected] of cases) t.equal(filterFault(expression), expected && `Invalid FilterExpression: ${expected}`, expression)
})

test('placeholders are refused when they are unused or invalid', async (t) => {
  t.equal(fault({ FilterExpression: 'a = b', ExpressionAttributeNames: names('x', 'y') }),
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#x, #y}')
  t.equal(fault({ FilterExpression: 'a = b', ExpressionAttributeValues: { ':x': { S: '' } } }),
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}')
  t.equal(fault({ FilterExpression: 'a = b', ExpressionAttributeNames: {} }), 'ExpressionAttributeNames must not be empty')
  t.equal(fault({ FilterExpression: 'a = b', ExpressionAttributeNames: { x: 'a' } }), 'ExpressionAttributeNames contains invalid key: Syntax error; key: "x"')
  t.equal(fault({ FilterExpression: 'a = :v', ExpressionAttributeValues: { ':v': { SS: [] } } }),
    'ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: An string set  may not be empty for key :v')
})

test('key conditions may have the attribute on either side, and one condition for each key', async (t) => {
  const conditions = (KeyConditionExpression: string) => {
    const request: Expressions = { KeyConditionExpression, ExpressionAttributeValues: { ':v': { S: 'v' } } }
    const wrong = parseExpressions(request, AWS_LIMITS)
    return wrong ?? keyConditionsOf(request._keyCondition!.expression)
  }
  const v = { AttributeValueList: [{ S: 'v' }] }
  t.same(conditions('p = :v AND :v <= s'), { p: { ComparisonOperator: 'EQ', ...v }, s: { ComparisonOperator: 'GE', ...v } })
  t.equal(conditions('p = :v OR s = :v'), 'Invalid operator used in KeyConditionExpression: OR')
  t.equal(conditions('p = :v AND p = :v'), 'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key')
  t.equal(conditions('p.a = :v'), 'KeyConditionExpressions cannot have conditions on nested attributes')
  t.equal(conditions('p = s AND s = :v'), 'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition')
  t.equal(conditions('size(p) > :v'), 'KeyConditionExpressions cannot contain nested operations')
})

/** The item after an update, or what is wrong with it. */
function update (t: Test, item: Item | undefined, UpdateExpression: string, values?: Item): Item | string {
  const request: Expressions = { UpdateExpression, ExpressionAttributeValues: values }
  const wrong = parseExpressions(request, AWS_LIMITS)
  if (wrong !== undefined) return wrong
  const before = JSON.stringify(item)
  try {
    return applyUpdate(item ?? {}, request._updates!.sections, !item)
  } catch (error) {
    return (error as Error).message
  } finally {
    t.equal(JSON.stringify(item), before, 'the item before the update stays as it is')
  }
}

const strings = (...all: string[]) => ({ L: all.map((S) => ({ S })) })

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
test('updates are computed from the item before the update', async (t) => {
  const v: Item = { ':v': { N: '5' }, ':x': { S: 'x' }, ':y': { S: 'y' } }
  const pick = (...wanted: string[]) => Object.fromEntries(wanted.map((name) => [name, v[name]!]))
  const item: Item = { a: { N: '1' }, b: { N: '2' }, l: strings('0', '1', '2', '3'), m: { M: { n: { N: '1' }, l: strings('p') } }, s: { SS: ['p', 'q'] } }
  const after = (changes: Item, ...gone: string[]) => Object.fromEntries(Object.entries({ ...item, ...changes }).filter(([name]) => !gone.includes(name)))

  t.same(update(t, item, 'SET a = b, b = a'), after({ a: { N: '2' }, b: { N: '1' } }))
  t.same(update(t, item, 'SET a = a + :v, m.n = m.n - :v', pick(':v')), after({ a: { N: '6' }, m: { M: { ...item.m!.M, n: { N: '-4' } } } }))
  t.same(update(t, item, 'SET c = if_not_exists(c, if_not_exists(d, :v)) + b', pick(':v')), after({ c: { N: '7' } }))
  t.same(update(t, item, 'SET c = list_append(if_not_exists(c, m.l), if_not_exists(d, m.l))'), after({ c: strings('p', 'p') }))
  t.same(update(t, item, 'REMOVE l[0], l[2], l[9]'), after({ l: strings('1', '3') }), 'places are those before')
  t.same(update(t, item, 'SET l[1] = :x REMOVE l[0]', pick(':x')), after({ l: strings('x', '2', '3') }))
  t.same(update(t, item, 'SET l[9] = :x, l[7] = :y', pick(':x', ':y')), after({ l: strings('0', '1', '2', '3', 'y', 'x') }))
  t.same(update(t, item, 'REMOVE m.n, a, c'), after({ m: { M: { l: strings('p') } } }, 'a'))
  t.same(update(t, item, 'ADD s :s, c :v, m.n :v DELETE t :s', { ':s': { SS: ['q', 'r'] }, ...pick(':v') }),
    after({ s: { SS: ['p', 'q', 'r'] }, c: { N: '5' }, m: { M: { ...item.m!.M, n: { N: '6' } } } }))
  t.same(update(t, item, 'DELETE s :s', { ':s': { SS: ['p', 'q'] } }), after({}, 's'), 'a set without members goes')
  t.same(update(t, undefined, 'REMOVE x.y, z[0]'), {}, 'from an item that is not there, anything can be removed')

  const path = 'The document path provided in the update expression is invalid for update'
  const type = 'An operand in the update expression has an incorrect data type'
  t.equal(update(t, item, 'SET x.y = :v', pick(':v')), path)
  t.equal(update(t, item, 'REMOVE x.y'), path)
  t.equal(update(t, item, 'SET a.y = :v', pick(':v')), path)
  t.equal(update(t, item, 'SET m[0] = :v', pick(':v')), path)
  t.equal(update(t, item, 'SET a = x'), 'The provided expression refers to an attribute that does not exist in the item')
  t.equal(update(t, item, 'SET a = l + a'), type)
  t.equal(update(t, item, 'ADD l :v', pick(':v')), type)
  t.equal(update(t, item, 'DELETE a :s', { ':s': { SS: ['p'] } }), type)
})

test('updates are refused for errors that do not depend on the item', async (t) => {
  const wrong = (expression: string, values?: Item) => update(t, undefined, expression, values)
  const v = { ':v': { N: '1' } }
  t.equal(wrong('SET a = :v, a.b = :v', v), 'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]')
  t.equal(wrong('SET a.b = :v, a[0] = :v', v), 'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]')
  t.equal(wrong('SET a = :v SET b = :v', v), 'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;')
  t.equal(wrong('ADD a :v', { ':v': { S: '' } }), 'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING')
  t.equal(wrong('DELETE a :v', v), 'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER')
  t.equal(wrong('SET a = list_append(a, :v)', v), 'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: list_append, operand type: N')
  t.equal(wrong('SET a = if_not_exists(:v, a)', v), 'Invalid UpdateExpression: Operator or function requires a document path; operator or function: if_not_exists')
  t.equal(wrong('SET a = toupper(b)'), 'Invalid UpdateExpression: Invalid function name; function: toupper')
  for (const name of ['size', 'contains', 'begins_with', 'attribute_exists', 'attribute_not_exists', 'attribute_type']) {
    t.equal(wrong(`SET a = ${name}(b)`), `Invalid UpdateExpression: The function is not allowed in an update expression; function: ${name}`)
  }
  const nested = 'Invalid UpdateExpression: The function is not allowed to be used this way in an expression; function: list_append'
  const list = { ':v': { L: [] } }
  t.equal(wrong('SET a = list_append(list_append(a, :v), :v)', list), nested)
  t.equal(wrong('SET a = list_append(:v, list_append(a, :v))', list), nested)
  t.equal(wrong('SET a = if_not_exists(a, list_append(b, :v))', list), nested)
})

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
test('numbers are exact to 38 digits, and have one canonical form', async (t) => {
  const stored = (N: string) => {
    const request: Expressions = { FilterExpression: 'a = :n', ExpressionAttributeValues: { ':n': { N } } }
    return parseExpressions(request, AWS_LIMITS)?.replace(/^.*invalid value: | for key :n$/g, '') ?? request.ExpressionAttributeValues![':n']!.N
  }
  const forms: [string, string][] = [
    ['0042.1200', '42.12'], ['-0', '0'], ['-0.0', '0'], ['+3', '3'], ['.123', '0.123'], ['1e+5', '100000'], ['-17.4E2', '-1740'], ['0e125', '0'],
    ['1E125', `1${'0'.repeat(125)}`], ['-1E-130', `-0.${'0'.repeat(129)}1`], ['1'.repeat(38), '1'.repeat(38)], [`${'1'.repeat(38)}000`, `${'1'.repeat(38)}000`],
    ['1E126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['1E-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    ['1'.repeat(39), 'Attempting to store more than 38 significant digits in a Number'],
    ['1E999999999999', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    // Zero, too, has a magnitude: paritysuite/dynamodb-conformance, tests/tier3/limits/numberExponent.test.ts.
    ['0e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['0e-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    ['1e9223372036854775807', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['1e9223372036854775808', 'The parameter cannot be converted to a numeric value: 1e9223372036854775808'],
    ['', 'The parameter cannot be converted to a numeric value: '], ['1 ', 'The parameter cannot be converted to a numeric value: 1 '],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'], ['1_0', 'The parameter cannot be converted to a numeric value: 1_0'],
  ]
  for (const [given, expected] of forms) t.equal(stored(given), expected, given)
  t.match(fault({ FilterExpression: 'a = :n', ExpressionAttributeValues: { ':n': { NS: ['1', '1.0'] } } }), /Input collection contains duplicates/)

  const sum = (one: string, other: string) => {
    const result = update(t, undefined, 'SET a = :a + :b', { ':a': { N: one }, ':b': { N: other } })
    return typeof result === 'string' ? result : result.a!.N
  }
  t.equal(sum('0.1', '0.2'), '0.3')
  t.equal(sum('10000000000000000000000', '-1'), '9999999999999999999999')
  t.equal(sum('1.5', '-1.5'), '0')
  // Source: scylladb/scylladb, test/alternator/test_number.py, which was run against AWS.
  t.match(sum('9e125', '9e125'), /^Number overflow/)
  t.match(sum('1e50', '1'), /^Number overflow/, 'too many digits are told as an overflow')
})
