import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { overAllWays } from '../../../test-support/emulator.ts'
import { invokeRaw } from '../../../test-support/raw-call.ts'

/*
 * Names have 1 to 65,535 bytes wherever a request has them. Sources: "Naming rules" (developer guide); scylladb/scylladb,
 * test/alternator/test_limits.py, which was run against AWS.
 */

const TableName = 'things'
const pk = { S: 'p' }
const Key = { pk }
const v = { S: 'v' }
const MOST = 65_535

/** Each way to name an attribute. */
const requests = (name: string): [operation: string, input: object][] => {
  const names = { ExpressionAttributeNames: { '#n': name } }
  const condition = { ...names, ConditionExpression: 'attribute_exists(#n)' }
  const isNull = { [name]: { ComparisonOperator: 'NULL' } }
  const item = { pk, [name]: v }
  const inMap = { pk, m: { M: { [name]: v } } }
  const inTable = (operation: string, input: object): [string, object] => [operation, { TableName, ...input }]
  const transacted = (action: string, input: object): [string, object] => ['TransactWriteItems', { TransactItems: [{ [action]: { TableName, ...input } }] }]
  const byKey = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': pk } }
  return [
    inTable('PutItem', { Item: item }),
    inTable('PutItem', { Item: inMap }),
    inTable('PutItem', { Item: Key, ...condition }),
    inTable('PutItem', { Item: Key, Expected: isNull }),
    inTable('DeleteItem', { Key, ...condition }),
    inTable('DeleteItem', { Key, Expected: isNull }),
    inTable('UpdateItem', { Key, ...condition, UpdateExpression: 'REMOVE a' }),
    inTable('UpdateItem', { Key, ...names, UpdateExpression: 'SET #n = :v', ExpressionAttributeValues: { ':v': v } }),
    inTable('UpdateItem', { Key, UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': inMap.m } }),
    inTable('UpdateItem', { Key, AttributeUpdates: { [name]: { Action: 'PUT', Value: v } } }),
    inTable('UpdateItem', { Key, AttributeUpdates: { a: { Action: 'PUT', Value: inMap.m } } }),
    inTable('UpdateItem', { Key, Expected: isNull }),
    inTable('GetItem', { Key, ...names, ProjectionExpression: '#n' }),
    inTable('GetItem', { Key, AttributesToGet: [name] }),
    inTable('Query', { ...byKey, ...names, FilterExpression: 'attribute_exists(#n)' }),
    inTable('Query', { ...byKey, ...names, ProjectionExpression: '#n' }),
    inTable('Query', { ...byKey, ...names, KeyConditionExpression: '#n = :p' }),
    inTable('Query', { KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [pk] } }, QueryFilter: isNull }),
    inTable('Query', { KeyConditions: { [name]: { ComparisonOperator: 'EQ', AttributeValueList: [pk] } } }),
    inTable('Scan', { ...names, FilterExpression: 'attribute_exists(#n)' }),
    inTable('Scan', { ScanFilter: isNull }),
    inTable('Scan', { AttributesToGet: [name] }),
    ['BatchGetItem', { RequestItems: { [TableName]: { Keys: [Key], AttributesToGet: [name] } } }],
    ['BatchGetItem', { RequestItems: { [TableName]: { Keys: [Key], ...names, ProjectionExpression: '#n' } } }],
    ['BatchWriteItem', { RequestItems: { [TableName]: [{ PutRequest: { Item: item } }] } }],
    transacted('Put', { Item: item }),
    transacted('Put', { Item: Key, ...condition }),
    transacted('Delete', { Key, ...condition }),
    transacted('ConditionCheck', { Key, ...condition }),
    transacted('Update', { Key, ...names, UpdateExpression: 'REMOVE #n' }),
    ['TransactGetItems', { TransactItems: [{ Get: { TableName, Key, ...names, ProjectionExpression: '#n' } }] }],
  ]
}

test('empty and too long attribute names are refused wherever a request names an attribute', (t) => {
  overAllWays(t, async (t, start) => {
    const { clients: { dynamodb } } = await start()
    await dynamodb.send(new CreateTableCommand({
      TableName, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }))
    const faults: [name: string, fault: RegExp][] = [
      ['', /Empty attribute name/], ['n'.repeat(MOST + 1), /Attribute name is too large, must be less than 65536 bytes/], ['é'.repeat(32_768), /Attribute name is too large/],
    ]
    for (const [name, fault] of faults) {
      for (const [operation, input] of requests(name)) {
        const { status, body } = await invokeRaw(dynamodb, operation, input)
        t.match({ status, ...body }, { status: 400, __type: /ValidationException$/, message: fault }, `${operation} ${JSON.stringify(input).slice(0, 200)}`)
      }
    }
    for (const [operation, input] of requests('n'.repeat(MOST))) {
      const { body } = await invokeRaw(dynamodb, operation, input)
      t.notMatch(body.message ?? body.Message ?? '', /ttribute name/, `${operation} takes a name of ${MOST} bytes`)
    }
  })
  t.end()
})
