import { CreateBackupCommand, DeleteBackupCommand, DeleteTableCommand, ListBackupsCommand, RestoreTableFromBackupCommand } from '@aws-sdk/client-dynamodb'
import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { scenario } from '../kit/scenario.ts'

const DAYS = 4
const KEPT = 3

export default scenario('operations: a backup a day, of which the last three are kept, restores yesterday\'s images', {
  seed: '002',
  pattern: 'on-demand backup',
  // It moves the clock, and deletes a table.
  environment: {},
  async run ({ given, emulator, check, tables: { images: TableName } }) {
    const { userId } = await given.owner()
    const days: { arn: string, images: string[] }[] = []
    for (let day = 0; day < DAYS; day++) {
      await given.images(1, { userId })
      // As seed 002 names them.
      const time = (await emulator.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
      const images = await imagesIn(TableName)
      const { BackupDetails } = await emulator.dynamodb.send(new CreateBackupCommand({ TableName, BackupName: `backup-${time}` }))
      check.match(BackupDetails, { BackupType: 'USER' }, `day ${day + 1}: the backup is made`)
      days.push({ arn: BackupDetails!.BackupArn!, images })
      await emulator.advance('1d')
    }
    for (const { arn: BackupArn } of days.slice(0, -KEPT)) await emulator.dynamodb.send(new DeleteBackupCommand({ BackupArn }))
    const kept = days.slice(-KEPT)
    check.equal(await backups(), kept.map(({ arn }) => arn), 'those of the last three days are kept')

    await emulator.dynamodb.send(new DeleteTableCommand({ TableName }))
    check.equal(await backups(), kept.map(({ arn }) => arn), 'they outlive the table')
    for (const [index, { arn, images }] of kept.entries()) {
      const name = `images-restored-${index}`
      await emulator.dynamodb.send(new RestoreTableFromBackupCommand({ TargetTableName: name, BackupArn: arn }))
      check.equal(await imagesIn(name), images, `a backup has the ${images.length} images of its day, by the index of their user`)
    }

    async function imagesIn (table: string): Promise<string[]> {
      const { Items = [] } = await emulator.documents.send(new QueryCommand({
        TableName: table, IndexName: 'UserImages', KeyConditionExpression: 'userId = :user', ExpressionAttributeValues: { ':user': userId },
      }))
      return Items.map(({ imageId }) => String(imageId)).sort()
    }
    async function backups (): Promise<string[]> {
      const { BackupSummaries = [] } = await emulator.dynamodb.send(new ListBackupsCommand({ TableName, BackupType: 'USER' }))
      return BackupSummaries.map(({ BackupArn }) => BackupArn!).sort()
    }
  },
})
