import { ListBulkOperationsCommand } from '@aws-sdk/client-dynamodb'
import { ListStreamProcessorsCommand } from '@aws-sdk/client-rekognition'
import { test } from 'tap'
import { EVERY_WAY, overWays } from './test-support/emulator.ts'

test('an operation that is not emulated has AWS\'s empty error; the log and the trace name it', (t) => {
  overWays(t, EVERY_WAY, async (t, start) => {
    const warnings: string[] = []
    const { emulator, clients: { dynamodb, rekognition } } = await start({ onWarning: (text) => warnings.push(text) })
    await t.rejects(dynamodb.send(new ListBulkOperationsCommand({})), { name: 'UnknownOperationException' })
    await t.rejects(rekognition.send(new ListStreamProcessorsCommand({})), { name: 'UnknownOperationException' })
    t.match(warnings, [/ListBulkOperations is not emulated; emulator\/dynamodb\/GAPS\.md/, /ListStreamProcessors is not emulated; emulator\/rekognition\/GAPS\.md/])
    t.match(emulator.trace.query({ operation: 'ListBulkOperations' }), [{ service: 'dynamodb', result: 'UnknownOperationException', reason: /GAPS\.md/ }])
    t.match(emulator.trace.query({ operation: 'ListStreamProcessors' }), [{ service: 'rekognition', result: 'UnknownOperationException' }])
  })
  t.end()
})
