import {
  CreateBackupCommand, DeleteBackupCommand, DescribeBackupCommand, ListBackupsCommand, type BackupDetails, type BackupSummary, type BackupTypeFilter, type DynamoDBClient
} from '@aws-sdk/client-dynamodb'
import { Command, InvalidArgumentError, Option } from 'commander'
import { onDynamodb } from '../../targets/dynamodb-target.ts'
import { withEndpoint } from '../../targets/store-target.ts'
import { columns, jsonOption, printData } from '../../output/output.ts'
import { waitFor, withWait, type WaitOptions } from './wait.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable backup create image-processing-metadata            named backup-20260301-120000, by the time
  $ npx sandtable backup create k9-reports-dev --name before-deploy --endpoint http://127.0.0.1:4566
  $ npx sandtable backup list k9-reports-dev
  $ npx sandtable backup delete arn:aws:dynamodb:us-east-1:000000000000:table/k9-reports-dev/backup/01772366400000-1a2b3c4d
  $ npx sandtable restore k9-reports-restored --backup arn:aws:dynamodb:...

A backup outlives its table. Region, endpoint and credentials come from the settings: AWS_REGION, AWS_ENDPOINT_URL and the
SDK's usual ones.
`

/** `sandtable backup`: on-demand backups of any table. */
export function backupCommand (): Command {
  const backup = new Command('backup')
    .description('Creates, lists and deletes on-demand backups of tables, in an AWS account or at any endpoint that speaks DynamoDB.')
    .addHelpText('after', EXAMPLES)

  backup.addCommand(withWait(verb('create')
    .description('back a table up')
    .argument('<table>', 'its name or ARN')
    .option('--name <name>', 'a-z A-Z 0-9 . _ -; several backups may have the same name (default: backup-, and the time)', parseName))
    .action((TableName: string, options: WaitOptions & { name?: string }, command: Command) => onDynamodb(command, async (dynamodb) => {
      const { BackupDetails: first } = await dynamodb.send(new CreateBackupCommand({ TableName, BackupName: options.name ?? nameAt(new Date()) }))
      const done = await waitFor(options, {
        what: 'The backup',
        first,
        status: (details) => details?.BackupStatus,
        whileIn: 'CREATING',
        look: async () => (await dynamodb.send(new DescribeBackupCommand({ BackupArn: first?.BackupArn }))).BackupDescription?.BackupDetails,
      })
      printData(command, { ...done }, ({ BackupName, BackupArn, BackupStatus, BackupSizeBytes = 0 }: Partial<BackupDetails>) =>
        [`${BackupName} is ${BackupStatus}: ${BackupSizeBytes} bytes`, `${BackupArn}`])
    })))

  backup.addCommand(verb('list')
    .description('the backups that there are, with those that DynamoDB has made of deleted tables')
    .argument('[table]', 'of this table only')
    .addOption(new Option('--type <type>', 'which').choices(['ALL', 'USER', 'SYSTEM', 'AWS_BACKUP']).default('ALL'))
    .action((table: string | undefined, { type }: { type: BackupTypeFilter }, command: Command) => onDynamodb(command, async (dynamodb) => {
      printData(command, await listBackups(dynamodb, { table, type }), (all) => {
        if (all.length === 0) return ['No backups.']
        return columns([['table', 'name', 'status', 'type', 'bytes', 'created', 'ARN'], ...all.map(row)])
      })
    })))

  backup.addCommand(verb('delete')
    .description('delete a backup')
    .argument('<arn>', 'the backup\'s ARN')
    .action((BackupArn: string, _options: object, command: Command) => onDynamodb(command, async (dynamodb) => {
      const { BackupDescription } = await dynamodb.send(new DeleteBackupCommand({ BackupArn }))
      printData(command, { ...BackupDescription?.BackupDetails }, ({ BackupName }: Partial<BackupDetails>) => [`Deleted ${BackupName}.`])
    })))

  return backup
}

async function listBackups (dynamodb: DynamoDBClient, { table, type }: { table?: string, type: BackupTypeFilter }): Promise<BackupSummary[]> {
  const backups: BackupSummary[] = []
  let after: string | undefined
  do {
    const { BackupSummaries = [], LastEvaluatedBackupArn } = await dynamodb.send(new ListBackupsCommand({ TableName: table, BackupType: type, ExclusiveStartBackupArn: after }))
    backups.push(...BackupSummaries)
    after = LastEvaluatedBackupArn
  } while (after !== undefined)
  return backups
}

const row = ({ TableName = '', BackupName = '', BackupStatus, BackupType, BackupSizeBytes = 0, BackupCreationDateTime: created, BackupArn = '' }: BackupSummary) =>
  [TableName, BackupName, String(BackupStatus), String(BackupType), BackupSizeBytes, created?.toISOString() ?? '', BackupArn]

const verb = (name: string) => withEndpoint(new Command(name)).addOption(jsonOption())

/** `backup-20260301-120000`, in UTC: the form of seed 002. */
const nameAt = (time: Date) => `backup-${time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`

function parseName (text: string): string {
  if (!/^[a-zA-Z0-9_.-]{3,255}$/.test(text)) throw new InvalidArgumentError('It takes 3 to 255 of a-z A-Z 0-9 . _ -')
  return text
}
