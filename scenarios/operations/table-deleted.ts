import { DeleteTableCommand, ListBackupsCommand, RestoreTableFromBackupCommand } from '@aws-sdk/client-dynamodb'
import type { Message } from '../../server/features/chat/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { conversationWith, messagesOf, messageItem } from '../kit/chat.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('operations: a table that was deleted by accident comes back from its system backup, for 35 days', {
  seed: '004',
  pattern: 'accidental table deletion',
  // It moves the clock, and deletes a table.
  environment: {},
  async run ({ caller, emulator, expectCalls, check, tables: { chat: TableName } }) {
    const { api, userId } = await caller()
    const { conversation, messages } = await conversationWith(api, ['How do I learn?', 'And then?'])
    await emulator.dynamodb.send(new DeleteTableCommand({ TableName }))
    check.ok((await api.get(messagesOf(conversation))).status >= 500, 'without its table the chat does not answer')

    await emulator.advance('34d')
    const { BackupSummaries: [backup] = [] } = await systemBackups()
    check.match(backup, { TableName, BackupStatus: 'AVAILABLE' }, 'DynamoDB has made a backup of the table')
    await emulator.dynamodb.send(new RestoreTableFromBackupCommand({ TargetTableName: TableName, BackupArn: backup?.BackupArn }))
    const response = await api.get<Page<Message>>(messagesOf(conversation))
    check.status(response, 200)
    check.equal(response.body.data.data.map(({ content }) => content), messages.map(({ content }) => content), 'the chat goes on where it was')
    const read = { service: 'dynamodb', operation: 'Query', table: 'chat', readUnits: readUnits(messages.map((message) => messageItem(userId, message))) } as const
    await expectCalls(response, [read])

    await emulator.advance('2d')
    check.equal((await systemBackups()).BackupSummaries, [], 'after 35 days the backup is gone')

    function systemBackups () {
      return emulator.dynamodb.send(new ListBackupsCommand({ TableName, BackupType: 'SYSTEM' }))
    }
  },
})
