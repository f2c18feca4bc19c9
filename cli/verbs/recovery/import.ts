import { DescribeImportCommand, ImportTableCommand, type ImportTableDescription, type ImportTableInput } from '@aws-sdk/client-dynamodb'
import { Command, Option } from 'commander'
import { Failure } from '../../output/failure.ts'
import { onDynamodb } from '../../targets/dynamodb-target.ts'
import { withEndpoint } from '../../targets/store-target.ts'
import { jsonOption, printData } from '../../output/output.ts'
import { parseS3, type S3Place } from './options.ts'
import { parseIndex, parseKey, tableOf, type IndexKey, type KeyAttribute } from './table-keys.ts'
import { waitFor, withWait, type WaitOptions } from './wait.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable import users s3://backups/daily/AWSDynamoDB/01772366400000-1a2b3c4d/data/ --key user_id:S --compression gzip
                                                                        what an export has written
  $ npx sandtable import prices s3://lists/prices.csv --format csv --key sku:S --sort-key since:N --delimiter ';'
  $ npx sandtable import reports s3://lists/reports --key id:S --index UserReportsIndex=user_id:S,created_at:S

An import makes a new table, billed on demand. A bad item is skipped and counted; the status is then FAILED, as in AWS, and the good
items are there. To import users, reports or embeddings into the tables of the API: npx sandtable data import.
`

interface ImportOptions extends WaitOptions {
  format: 'json' | 'ion' | 'csv'
  compression: 'none' | 'gzip' | 'zstd'
  key: KeyAttribute
  sortKey?: KeyAttribute
  index?: IndexKey[]
  delimiter?: string
  header?: string[]
}

const FORMATS = { json: 'DYNAMODB_JSON', ion: 'ION', csv: 'CSV' } as const
const COMPRESSIONS = { none: 'NONE', gzip: 'GZIP', zstd: 'ZSTD' } as const

/** `sandtable import`: a new table from objects in S3. */
export function importCommand (): Command {
  return withWait(withEndpoint(new Command('import'))
    .description('Makes a new table from JSON, Ion or CSV in S3.')
    .argument('<new-table>', 'its name')
    .argument('<place>', 'such as s3://bucket/prefix: every object whose key begins with it', parseS3)
    .requiredOption('--key <attribute:type>', 'the partition key, such as id:S', parseKey)
    .option('--sort-key <attribute:type>', 'the sort key, such as at:N', parseKey)
    .option('--index <name=keys>', 'a global secondary index, such as by-user=user_id:S,created_at:S; repeatable', parseIndex)
    .addOption(new Option('--format <format>', 'of the objects').choices(['json', 'ion', 'csv']).default('json'))
    .addOption(new Option('--compression <kind>', 'of the objects').choices(['none', 'gzip', 'zstd']).default('none'))
    .option('--delimiter <character>', 'of CSV: , ; : | tab or space')
    .option('--header <names>', 'the names of the columns of CSV, with commas between; without it they are the first line', (text) => text.split(',')))
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, place: S3Place, options: ImportOptions, command: Command) => {
      if (options.format !== 'csv' && (options.delimiter ?? options.header) !== undefined) command.error('error: --delimiter and --header go with --format csv')
      await onDynamodb(command, async (dynamodb) => {
        const { ImportTableDescription: first } = await dynamodb.send(new ImportTableCommand(inputOf({ ...options, name, place })))
        const done = await waitFor(options, {
          what: 'The import',
          first,
          status: (state) => state?.ImportStatus,
          whileIn: 'IN_PROGRESS',
          look: async () => (await dynamodb.send(new DescribeImportCommand({ ImportArn: first?.ImportArn }))).ImportTableDescription,
          line: (state) => `${state?.ImportStatus}, ${state?.ProcessedItemCount ?? 0} items read, ${state?.ImportedItemCount ?? 0} imported`,
        })
        printData(command, { ...done }, lines(name))
        if (done?.ImportStatus === 'FAILED') throw new Failure(`The import failed: ${done.FailureCode}: ${done.FailureMessage}`)
      })
    })
}

const DELIMITERS: Readonly<Record<string, string>> = { tab: '\t', space: ' ' }

function inputOf ({ name, place, format, compression, key, sortKey, index, delimiter, header }: ImportOptions & { name: string, place: S3Place }): ImportTableInput {
  const csv = { ...delimiter !== undefined && { Delimiter: DELIMITERS[delimiter] ?? delimiter }, ...header && { HeaderList: header } }
  return {
    S3BucketSource: { S3Bucket: place.bucket, ...place.prefix !== '' && { S3KeyPrefix: place.prefix } },
    InputFormat: FORMATS[format],
    InputCompressionType: COMPRESSIONS[compression],
    ...Object.keys(csv).length > 0 && { InputFormatOptions: { Csv: csv } },
    TableCreationParameters: tableOf(name, { hash: key, range: sortKey, indexes: index }),
  }
}

const lines = (table: string) => ({ ImportStatus, ImportArn = '', ImportedItemCount = 0, ProcessedItemCount = 0, ErrorCount = 0 }: Partial<ImportTableDescription>): string[] => [
  `The import of ${table} is ${ImportStatus}${ImportStatus === 'IN_PROGRESS' ? '' : `: ${ProcessedItemCount} items read, ${ImportedItemCount} imported, ${ErrorCount} errors`}`,
  ImportArn,
]
