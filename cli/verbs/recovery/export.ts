import { DescribeExportCommand, DescribeTableCommand, ExportTableToPointInTimeCommand, type DynamoDBClient, type ExportDescription, type ExportTableToPointInTimeInput } from '@aws-sdk/client-dynamodb'
import { Command, Option } from 'commander'
import { Failure } from '../../output/failure.ts'
import { onDynamodb } from '../../targets/dynamodb-target.ts'
import { withEndpoint } from '../../targets/store-target.ts'
import { jsonOption, printData } from '../../output/output.ts'
import { parseS3, parseTime, tableNameOf, type S3Place } from './options.ts'
import { waitFor, withWait, type WaitOptions } from './wait.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable export k9-users-dev s3://backups/daily                              all items, as they are now
  $ npx sandtable export k9-users-dev s3://backups/daily --format ion --at 2025-09-30T10:00:00Z
  $ npx sandtable export learning-navigator s3://archive/changes --from 2025-09-30T10:00:00Z --until 2025-09-30T11:00:00Z
                                                                                     what has changed in an hour
  $ npx sandtable import k9-users-copy s3://backups/daily/AWSDynamoDB/01772366400000-1a2b3c4d/data/ --key user_id:S --compression gzip

The table needs point-in-time recovery, and the export costs none of its capacity. To print users, reports or embeddings as JSON Lines:
npx sandtable data export.
`

interface ExportOptions extends WaitOptions {
  format: 'json' | 'ion'
  at?: Date
  from?: Date
  until?: Date
  view?: 'new' | 'both'
}

const FORMATS = { json: 'DYNAMODB_JSON', ion: 'ION' } as const
const VIEWS = { new: 'NEW_IMAGE', both: 'NEW_AND_OLD_IMAGES' } as const

/** `sandtable export`: a table, or what has changed in it, to S3. */
export function exportCommand (): Command {
  return withWait(withEndpoint(new Command('export'))
    .description('Writes a table as it was at a time, or what changed in it between two, to S3.')
    .argument('<table>', 'its name or ARN')
    .argument('<place>', 'such as s3://bucket/prefix', parseS3)
    .addOption(new Option('--format <format>', 'of the lines').choices(['json', 'ion']).default('json'))
    .addOption(new Option('--at <time>', 'the table as it was then (default: now)').argParser(parseTime).conflicts(['from', 'until', 'view']))
    .option('--from <time>', 'what has changed since then, that moment included; 15 minutes to 24 hours before --until', parseTime)
    .option('--until <time>', 'up to then, that moment excluded (default: now)', parseTime)
    .addOption(new Option('--view <images>', 'of what has changed').choices(['new', 'both'])))
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (table: string, place: S3Place, options: ExportOptions, command: Command) => {
      if (options.from === undefined && (options.until !== undefined || options.view !== undefined)) command.error('error: --until and --view go with --from')
      await onDynamodb(command, async (dynamodb) => {
        const TableArn = table.startsWith('arn:') ? table : (await dynamodb.send(new DescribeTableCommand({ TableName: table }))).Table?.TableArn
        const done = await runExport(dynamodb, inputOf({ ...options, TableArn, place }), options)
        printData(command, { ...done }, lines(tableNameOf(table)))
        if (done?.ExportStatus === 'FAILED') throw new Failure(`The export failed: ${done.FailureCode}: ${done.FailureMessage}`)
      })
    })
}

function inputOf ({ TableArn, place, format, at, from, until, view }: ExportOptions & { TableArn?: string, place: S3Place }): ExportTableToPointInTimeInput {
  return {
    TableArn,
    S3Bucket: place.bucket,
    ...place.prefix !== '' && { S3Prefix: place.prefix },
    ExportFormat: FORMATS[format],
    ...from === undefined
      ? { ExportTime: at }
      : {
          ExportType: 'INCREMENTAL_EXPORT',
          IncrementalExportSpecification: { ExportFromTime: from, ExportToTime: until, ExportViewType: VIEWS[view ?? 'both'] },
        },
  }
}

async function runExport (dynamodb: DynamoDBClient, input: ExportTableToPointInTimeInput, options: WaitOptions): Promise<ExportDescription | undefined> {
  const { ExportDescription: first } = await dynamodb.send(new ExportTableToPointInTimeCommand(input))
  return waitFor(options, {
    what: 'The export',
    first,
    status: (state) => state?.ExportStatus,
    whileIn: 'IN_PROGRESS',
    look: async () => (await dynamodb.send(new DescribeExportCommand({ ExportArn: first?.ExportArn }))).ExportDescription,
  })
}

const lines = (table: string) => ({ ExportStatus, ExportArn = '', ExportManifest, ItemCount = 0, BilledSizeBytes = 0, S3Bucket }: Partial<ExportDescription>): string[] => [
  `The export of ${table} is ${ExportStatus}${ExportStatus === 'COMPLETED' ? `: ${ItemCount} items, ${BilledSizeBytes} bytes billed` : ''}`,
  ...ExportManifest === undefined ? [] : [`s3://${S3Bucket}/${ExportManifest}`],
  ExportArn,
]
