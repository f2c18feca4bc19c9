import { CreateTableCommand, TransactGetItemsCommand, TransactWriteItemsCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { test, type Test } from 'tap'
import type { Clients, Emulator } from '../../../index.ts'
import { EVERY_WAY, overWays } from '../../../test-support/emulator.ts'
import type { AttributeValue, Item } from '../../values/item.ts'

/*
 * What TransactWriteItems checks, and what it leaves unchecked. Source: answers of AWS in public test suites and bug reports,
 * 2023 to 2026.
 */

const S = (text: string): AttributeValue => ({ S: text })
const N = (text: string): AttributeValue => ({ N: text })
const nested = (levels: number, leaf: AttributeValue = S('leaf')): AttributeValue => levels > 1 ? { M: { n: nested(levels - 1, leaf) } } : leaf
const TOO_DEEP = 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'
const TableName = 'things'
const Key = (id: string): Item => ({ id: S(id) })
const put = (Item: Item, more: object = {}) => ({ Put: { TableName, Item, ...more } }) as TransactWriteItem
const update = (UpdateExpression: string, values?: Item, more: object = {}) =>
  ({ Update: { TableName, Key: Key('u'), UpdateExpression, ExpressionAttributeValues: values, ...more } }) as TransactWriteItem
const remove = (more: object, key = Key('d')) => ({ Delete: { TableName, Key: key, ...more } }) as TransactWriteItem
const check = (ConditionExpression: string, key = Key('c')) => ({ ConditionCheck: { TableName, Key: key, ConditionExpression } }) as TransactWriteItem

type Send = (...TransactItems: TransactWriteItem[]) => Promise<{ message: string, codes?: (string | undefined)[] } | 'accepted'>

function overEveryWay (title: string, body: (t: Test, use: { send: Send, clients: Clients, emulator: Emulator }) => Promise<void>): void {
  test(title, (t) => {
    overWays(t, EVERY_WAY, async (t, start) => {
      const { clients, emulator } = await start()
      await clients.dynamodb.send(new CreateTableCommand({
        TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }))
      const send: Send = (...TransactItems) => clients.dynamodb.send(new TransactWriteItemsCommand({ TransactItems })).then(
        () => 'accepted', ({ message, CancellationReasons: reasons }: Error & { CancellationReasons?: { Code?: string }[] }) =>
          ({ message, ...(reasons && { codes: reasons.map(({ Code }) => Code) }) }))
      await body(t, { send, clients, emulator })
    })
    t.end()
  })
}

overEveryWay('names and values that are declared without any expression are not checked', async (t, { send, clients: { dynamodb } }) => {
  const declared = [{ ExpressionAttributeValues: { ':v': S('x') } }, { ExpressionAttributeNames: { '#n': 'n' } }, { ExpressionAttributeNames: { '#n': 'n' }, ExpressionAttributeValues: { ':v': S('x') } }]
  for (const more of declared) {
    t.equal(await send(put(Key('p'), more)), 'accepted')
    t.equal(await send(remove(more)), 'accepted')
  }
  await dynamodb.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: Key('p') as never, ExpressionAttributeNames: { '#n': 'n' } } }] }))
  t.match(await send(update('REMOVE a', { ':v': S('x') })), { message: 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}' })
  t.match(await send(put(Key('p'), { ConditionExpression: 'attribute_exists(a)', ExpressionAttributeNames: { '#n': 'n' } })),
    { message: 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}' })
})

overEveryWay('values nested too deep are the fault of the whole call, except an update\'s', async (t, { send }) => {
  t.same(await send(put({ ...Key('p'), d: nested(33) })), { message: TOO_DEEP })
  const canceled = 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError, None]'
  for (const one of [update('SET a = :d', { ':d': nested(33) }), update('REMOVE a', { ':d': nested(33) }, { ConditionExpression: 'a = :d' }),
    update('SET a.b = :d', { ':d': nested(40) })]) {
    t.same(await send(put(Key('p')), one, put({ id: N('1') })), { message: canceled, codes: ['None', 'ValidationError', 'None'] })
  }
  t.equal(await send(update('SET a = :d', { ':d': nested(32) })), 'accepted')
})

overEveryWay('syntax comes before depth, and depth before names', async (t, { send }) => {
  const deep = { id: nested(33) }
  const syntax = 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="'
  t.same(await send(remove({ ConditionExpression: 'a =' }, deep)), { message: syntax })
  t.same(await send(check('a =', deep)), { message: syntax })
  t.same(await send(put({ ...Key('p'), d: nested(33) }, { ConditionExpression: 'a =' })), { message: syntax })
  t.same(await send(update('SET a = b', undefined, { Key: deep, ConditionExpression: 'a =' })), { message: syntax })
  t.same(await send(remove({}, deep)), { message: TOO_DEEP })
  t.same(await send(put({ ...Key('p'), m: { M: { '': S('x') } }, d: nested(33) })), { message: TOO_DEEP })
  t.same(await send(put({ ...Key('p'), d: { M: { '': nested(33) } } })), { message: TOO_DEEP })
  t.same(await send(put({ ...Key('p'), m: { M: { '': S('x') } } })), { message: 'Empty attribute name' })
})

overEveryWay('after an action that is not valid the rest is not looked at, while all conditions are', async (t, { send, clients: { dynamodb } }) => {
  const wrong = (n: string) => put({ id: N(n) })
  const failed = (id: string) => check('attribute_exists(id)', Key(id))
  const codes = async (...actions: TransactWriteItem[]) => ((await send(...actions)) as { codes: string[] }).codes
  t.same(await codes(wrong('1'), wrong('2'), failed('c')), ['ValidationError', 'None', 'None'])
  t.same(await codes(put(Key('p')), remove({}, { id: N('1') }), update('SET a = :v', { ':v': S('x') }, { Key: { id: N('2') } })), ['None', 'ValidationError', 'None'])
  t.same(await codes(failed('c'), put(Key('p')), failed('d')), ['ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'])
  t.same(await codes(failed('c'), update('SET a = b'), failed('d')), ['ConditionalCheckFailed', 'ValidationError', 'None'])
  const Get = (id: AttributeValue) => ({ Get: { TableName, Key: { id } as never } })
  await t.rejects(dynamodb.send(new TransactGetItemsCommand({ TransactItems: [Get(N('1')), Get(N('2')), Get(S('a'))] })),
    { name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'ValidationError' }, { Code: 'None' }, { Code: 'None' }] })
})

overEveryWay('the 4 MB count what the request holds, not what is there', async (t, { send }) => {
  const ids = Array.from({ length: 12 }, (_, n) => `i${n}`)
  const large = (id: string) => put({ ...Key(id), text: S('x'.repeat(390_000)) })
  await Promise.all([ids.slice(0, 6), ids.slice(6)].map(async (some) => t.equal(await send(...some.map(large)), 'accepted')))
  t.equal(await send(...ids.map((id) => check('attribute_exists(id)', Key(id)))), 'accepted')
  t.equal(await send(...ids.map((id) => update('SET a = :a', { ':a': S('x') }, { Key: Key(id) }))), 'accepted')
  t.match(await send(...ids.map(large)), { message: /cannot exceed 4194304/, codes: undefined })
  t.match(await send(...ids.map((id) => update('SET b = :t', { ':t': S('y'.repeat(390_000)) }, { Key: Key(id) }))), { message: /cannot exceed 4194304/ })
  t.equal(await send(...ids.map((id) => remove({}, Key(id)))), 'accepted')
})

overEveryWay('an update expression that is too long is refused without its size', async (t, { send }) => {
  t.same(await send(update(`SET ${'a'.repeat(4096)} = b`)), { message: 'Invalid UpdateExpression: Expression size has exceeded the maximum allowed size' })
})

overEveryWay('the trace of a transaction shows keys only', async (t, { send, emulator }) => {
  const secret = { secret: S('hidden') }
  await send(put({ ...Key('p'), ...secret }), update('SET a = :v', { ':v': S('hidden') }), remove({}), check('attribute_not_exists(id)'))
  await send(put({ id: N('1'), ...secret }))
  await send(put({ ...secret }))
  await send({ Put: { TableName: 'missing', Item: { ...Key('p'), ...secret } } } as TransactWriteItem)
  await send(put({ ...Key('p'), ...secret }, { ConditionExpression: 'attribute_not_exists(id)' }))
  const calls = emulator.trace.query({ operation: 'TransactWriteItems' })
  t.equal(calls.length, 5)
  t.notMatch(JSON.stringify(calls), /hidden|secret/)
  t.same(calls[0]!.keys, [Key('p'), Key('u'), Key('d'), Key('c')])
  t.same(calls[4]!.keys, [Key('p')])
})
