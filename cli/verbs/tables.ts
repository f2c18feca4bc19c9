import { Command } from 'commander'
import { createObjectStore } from '../../server/aws/object-store.ts'
import { createTables, deleteTables, describeTables, type CreatedTable } from '../../server/aws/tables.ts'
import { Failure } from '../output/failure.ts'
import { columns, jsonOption, printData, progress } from '../output/output.ts'
import { onStore, withEndpoint } from '../targets/store-target.ts'

const EXAMPLES = `
Examples:
  $ AWS_PROFILE=staging npx sandtable tables create                          in a real account
  $ npx sandtable tables create --bucket --endpoint http://127.0.0.1:4566    in an emulator
  $ npx sandtable tables describe --json
  $ npx sandtable tables delete --yes

Names, region and endpoint come from the settings: DYNAMODB_..._TABLE, AWS_REGION, AWS_ENDPOINT_URL and the SDK's
usual credentials.
`

/** `sandtable tables`: the tables of the API, in any store. */
export function tablesCommand (): Command {
  const tables = new Command('tables')
    .description('Creates, describes or deletes the tables of the API, in an AWS account or at any DynamoDB endpoint.')
    .addHelpText('after', EXAMPLES)

  tables.addCommand(verb('create')
    .description('create missing tables, and enable expiry and point-in-time recovery')
    .option('--bucket', 'also create the default bucket')
    .action((_options: object, command: Command) => onStore(command, async ({ aws, config, definitions }) => {
      const created = await createTables(aws.dynamodb, definitions, { onProgress: ({ table, step }) => progress(`${table}: ${step}`) })
      if (command.opts<{ bucket?: boolean }>().bucket) await createObjectStore(aws.s3, config.aws.bucket).ensureBucket()
      printData(command, created, (all) => columns([
        ['table', 'state', 'time to live', 'point-in-time recovery'],
        ...all.map(({ name, created, timeToLive, pointInTimeRecovery }: CreatedTable) =>
          [name, created ? 'created' : 'there already', timeToLive, pointInTimeRecovery]),
      ]))
      const refused = created.filter(({ timeToLive }) => timeToLive.startsWith('refused'))
      if (refused.length > 0) throw new Failure(`The settings of ${refused.map(({ name }) => name).join(', ')} were refused`)
    })))

  tables.addCommand(verb('describe')
    .description('show which tables exist, and their settings')
    .action((_options: object, command: Command) => onStore(command, async ({ aws, definitions }) => {
      printData(command, await describeTables(aws.dynamodb, definitions), (all) => columns([
        ['table', 'status', 'items', 'bytes', 'indexes'],
        ...all.map(({ name, status, items, bytes, indexes }) => [name, status, items, bytes, indexes.join(', ')]),
      ]))
    })))

  tables.addCommand(verb('delete')
    .description('delete the tables with all their items')
    .option('--yes', 'confirm')
    .action((_options: object, command: Command) => onStore(command, async ({ aws, definitions, where }) => {
      if (!command.opts<{ yes?: boolean }>().yes) {
        command.error(`error: this deletes ${definitions.map(({ name }) => name).join(', ')} with all their items, at ${where}; confirm with --yes`)
      }
      const deleted = await deleteTables(aws.dynamodb, definitions, { onProgress: ({ table, step }) => progress(`${table}: ${step}`) })
      printData(command, deleted, (all) => all.map(({ name, deleted }) => `${name}: ${deleted ? 'deleted' : 'did not exist'}`))
    })))

  return tables
}

const verb = (name: string) => withEndpoint(new Command(name)).addOption(jsonOption())
