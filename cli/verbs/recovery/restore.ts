import {
  DescribeTableCommand, RestoreTableFromBackupCommand, RestoreTableToPointInTimeCommand, type DynamoDBClient, type TableDescription
} from '@aws-sdk/client-dynamodb'
import { Command, Option } from 'commander'
import { onDynamodb } from '../../targets/dynamodb-target.ts'
import { withEndpoint } from '../../targets/store-target.ts'
import { jsonOption, printData } from '../../output/output.ts'
import { parseRestoreTime } from './options.ts'
import { waitFor, withWait, type WaitOptions } from './wait.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable restore k9-reports-restored --table k9-reports-dev --to latest
  $ npx sandtable restore k9-reports-restored --table k9-reports-dev --to 2025-09-30T10:00:00Z
  $ npx sandtable restore k9-reports-restored --backup arn:aws:dynamodb:us-east-1:000000000000:table/k9-reports-dev/backup/01772366400000-1a2b3c4d

A restore makes a new table. As in AWS it has the items, the keys, the indexes and the capacity, and neither expiry (TTL), streams,
tags, auto scaling nor point-in-time recovery. A time without a zone is local time, as in the AWS CLI.
`

interface RestoreOptions extends WaitOptions {
  table?: string
  to?: 'latest' | Date
  backup?: string
  billing?: 'on-demand'
  indexes: boolean
}

/** `sandtable restore`: a new table from a backup, or as another table was at a time. */
export function restoreCommand (): Command {
  return withWait(withEndpoint(new Command('restore'))
    .description('Makes a new table from a backup, or as a table with point-in-time recovery was at a time.')
    .argument('<new-table>', 'its name')
    .option('--table <name>', 'the table to restore, by name or ARN; with --to')
    .option('--to <time>', '"latest", or a time within the recovery period', parseRestoreTime)
    .addOption(new Option('--backup <arn>', 'the backup to restore').conflicts(['table', 'to']))
    .addOption(new Option('--billing <mode>', 'bill the new table otherwise than the old one').choices(['on-demand']))
    .option('--no-indexes', 'without the secondary indexes'))
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: RestoreOptions, command: Command) => {
      const { table, to, backup } = options
      if (backup === undefined && (table === undefined || to === undefined)) command.error('error: it takes --table and --to, or --backup')
      await onDynamodb(command, async (dynamodb) => {
        const first = await begin(dynamodb, name, options)
        const done = await waitFor(options, {
          what: name,
          first,
          status: (state) => state?.TableStatus,
          whileIn: 'CREATING',
          look: async () => (await dynamodb.send(new DescribeTableCommand({ TableName: name }))).Table,
          line: (state) => `${state?.TableStatus}, ${state?.ItemCount ?? 0} items`,
        })
        printData(command, { ...done }, lines)
      })
    })
}

async function begin (dynamodb: DynamoDBClient, TargetTableName: string, { table, to, backup, billing, indexes }: RestoreOptions): Promise<TableDescription | undefined> {
  const overrides = {
    TargetTableName,
    ...billing === 'on-demand' && { BillingModeOverride: 'PAY_PER_REQUEST' as const },
    ...!indexes && { GlobalSecondaryIndexOverride: [], LocalSecondaryIndexOverride: [] },
  }
  const source = table?.startsWith('arn:') ? { SourceTableArn: table } : { SourceTableName: table }
  const time = to === 'latest' ? { UseLatestRestorableTime: true } : { RestoreDateTime: to }
  const { TableDescription } = await (backup === undefined
    ? dynamodb.send(new RestoreTableToPointInTimeCommand({ ...overrides, ...source, ...time }))
    : dynamodb.send(new RestoreTableFromBackupCommand({ ...overrides, BackupArn: backup })))
  return TableDescription
}

function lines ({ TableName, TableStatus, ItemCount = 0, RestoreSummary: summary, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: Partial<TableDescription>): string[] {
  const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(({ IndexName }) => IndexName)
  return [
    `${TableName} is ${TableStatus}: ${ItemCount} items${indexes.length > 0 ? `, with ${indexes.join(', ')}` : ''}, as of ${summary?.RestoreDateTime?.toISOString()}`,
    'Not restored: expiry (TTL), streams, tags, auto scaling, point-in-time recovery.',
  ]
}
