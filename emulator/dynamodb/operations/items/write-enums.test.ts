import { CreateTableCommand, ExecuteStatementCommand, GetItemCommand, PutItemCommand, UpdateItemCommand, TransactWriteItemsCommand, type AttributeValue, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { testEmulator } from '../../../test-support/emulator.ts'
import { invokeRaw } from '../../../test-support/raw-call.ts'
import { itemSize } from '../../values/item-size.ts'

const deep = (levels: number): AttributeValue => levels === 0 ? { S: 'leaf' } : { M: { n: deep(levels - 1) } }
const Key = { pk: { S: 'a' } }
const NEWER = '1 validation error detected: Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]'
const OLDER = "1 validation error detected: Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must satisfy enum value set: [OR, AND]"
const OLDER_RETURN_VALUES = "1 validation error detected: Value 'BOGUS' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"

/** Source of all messages here: paritysuite/dynamodb-conformance (eu-west-2 and us-east-1, 2026-10-09). */
test('wrong enums are refused in newer words, and in older ones without a key or with values nested very deep', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  const refused = async (operation: string, input: object, message: string) => {
    const { body } = await invokeRaw(dynamodb, operation, { TableName: 'none', ...input })
    t.equal(body.message, message, operation)
  }
  const Expected = { a: { Exists: false }, b: { Exists: false } }
  const xor = { Expected, ConditionalOperator: 'XOR' }
  await refused('PutItem', { Item: Key, ...xor }, NEWER)
  await refused('UpdateItem', { Key, ...xor }, NEWER)
  await refused('DeleteItem', { Key, ...xor }, NEWER)
  await refused('Query', { ...xor, Select: 'BOGUS' }, NEWER.replace('1 validation error detected: ', ''))
  await refused('Scan', { ScanFilter: {}, ConditionalOperator: 'XOR' }, OLDER)
  await refused('PutItem', { Item: Key, ConditionalOperator: 'XOR', Expected: { a: { Value: deep(40) }, b: { Exists: false } } }, NEWER)
  await refused('PutItem', { Item: Key, ConditionalOperator: 'XOR', Expected: { a: { Value: deep(100) }, b: { Exists: false } } }, OLDER)
  await refused('UpdateItem', { Key, ConditionalOperator: 'XOR', AttributeUpdates: { x: { Action: 'PUT', Value: { S: '1' } } }, Expected: { a: { Value: deep(100) } } }, OLDER)

  const condition = (levels: number) => ({ ConditionExpression: '#d = :deep', ExpressionAttributeNames: { '#d': 'd' }, ExpressionAttributeValues: { ':deep': deep(levels) } })
  await refused('DeleteItem', { Key, ...condition(40), ReturnValues: 'BOGUS' }, '1 validation error detected: Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]')
  await refused('DeleteItem', { Key, ...condition(63), ReturnValues: 'BOGUS' }, OLDER_RETURN_VALUES)
  await refused('DeleteItem', { Key, Expected: { d: { Value: deep(63) } }, ReturnValues: 'BOGUS' }, OLDER_RETURN_VALUES)
  await refused('DeleteItem', { Key: { pk: deep(100) }, ReturnValues: 'BOGUS' }, OLDER_RETURN_VALUES)
  await refused('DeleteItem', { Key, ...condition(100), ReturnValues: 'UPDATED_NEW' }, 'ReturnValues can only be ALL_OLD or NONE')
  await refused('DeleteItem', { Key, ...condition(40), ReturnValues: 'UPDATED_NEW' }, '1 validation error detected: ReturnValues can only be ALL_OLD or NONE')

  const noKey = "Value null at 'key' failed to satisfy constraint: Member must not be null"
  const emptyName = "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
  const update = { UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': { S: 'x' } } }
  await refused('UpdateItem', { TableName: '', ...update }, `2 validation errors detected: ${emptyName}; ${noKey}`)
  await refused('UpdateItem', { TableName: '', ...update, ReturnConsumedCapacity: 'INVALID', ReturnValues: 'BOGUS' }, '4 validation errors detected: ' +
    `Value 'INVALID' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; ${emptyName}; ` +
    `${OLDER_RETURN_VALUES.slice('1 validation error detected: '.length)}; ${noKey}`)
  await refused('UpdateItem', { AttributeUpdates: {}, ...xor }, `2 validation errors detected: ${OLDER.slice('1 validation error detected: '.length)}; ${noKey}`)
})

/** Source: measured on AWS (eu-west-2), as `bytesOfActions` says. */
test('UpdateItem counts some bytes for each action beside the item without its key', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await dynamodb.send(new CreateTableCommand({ TableName: 'things', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] }))
  const LARGEST = 400 * 1024
  const message = 'Item size to update has exceeded the maximum allowed size'
  const update = (input: Partial<UpdateItemCommandInput>) => dynamodb.send(new UpdateItemCommand({ TableName: 'things', Key, ...input }))
  /** Brings the item to a size by an update, whose other changes come to so many bytes. */
  const bring = (bytes: number, { expression = 'SET b = :pad', other = 0, key = 'a', values = {} }: { expression?: string, other?: number, key?: string, values?: Record<string, AttributeValue> } = {}) =>
    update({ Key: { pk: { S: key } }, UpdateExpression: expression, ExpressionAttributeValues: { ':pad': { S: 'x'.repeat(bytes - 3 - key.length - other) }, ...values } })
  const reaches = async (bytes: number, options: Parameters<typeof bring>[1] = {}, before: Record<string, AttributeValue> = {}) => {
    const pk = { pk: { S: options.key ?? 'a' } }
    await dynamodb.send(new PutItemCommand({ TableName: 'things', Item: { ...pk, ...before } }))
    await t.rejects(bring(bytes + 1, options), { name: 'ValidationException', message })
    await bring(bytes, options)
    t.equal(itemSize((await dynamodb.send(new GetItemCommand({ TableName: 'things', Key: pk }))).Item as Parameters<typeof itemSize>[0]), bytes)
  }
  await reaches(LARGEST + 3 - 22)
  await reaches(LARGEST, { key: 'k'.repeat(100) })
  await reaches(LARGEST + 3 - 41, { expression: 'SET b = :pad, c = :c', other: 2, values: { ':c': { S: 'y' } } })
  await reaches(LARGEST + 3 - 24, { expression: 'SET b = :pad REMOVE r' }, { r: { S: 'z' } })
  await reaches(LARGEST + 3 - 23, { expression: 'SET d[0] = :pad', other: 4 }, { d: { L: [{ S: 'x' }] } })
  const pad = (bytes: number) => ({ S: 'x'.repeat(bytes - 4) })
  await t.rejects(update({ AttributeUpdates: { d: { Action: 'DELETE' }, b: { Action: 'PUT', Value: pad(LARGEST + 3 - 23) } } }), { name: 'ValidationException', message })
  await update({ AttributeUpdates: { d: { Action: 'DELETE' }, b: { Action: 'PUT', Value: pad(LARGEST + 3 - 24) } } })
  await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: { TableName: 'things', Key, UpdateExpression: 'SET b = :pad', ExpressionAttributeValues: { ':pad': pad(LARGEST) } } }] }))
  await dynamodb.send(new ExecuteStatementCommand({ Statement: "UPDATE things SET b = ? WHERE pk = 'a'", Parameters: [pad(LARGEST)] }))
  await t.rejects(dynamodb.send(new ExecuteStatementCommand({ Statement: "UPDATE things SET b = ? WHERE pk = 'a'", Parameters: [pad(LARGEST + 1)] })), { name: 'ValidationException', message })
})
