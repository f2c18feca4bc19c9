import { Command } from 'commander'
import { createAwsClients, type AwsClients } from '../server/aws/clients.ts'
import { createObjectStore } from '../server/aws/object-store.ts'
import { createTables, deleteTables, describeTables, type CreatedTable, type TableDefinition } from '../server/aws/tables.ts'
import { loadConfig, type Config } from '../server/config.ts'
import { allTables } from '../server/tables.ts'
import { parseUrl } from './control.ts'
import { useLocalCredentials } from './credentials.ts'
import { Failure } from './failure.ts'
import { columns, jsonOption, printData, progress } from './output.ts'

const EXAMPLES = `
Examples:
  $ AWS_PROFILE=staging npx sandtable tables create                          in a real account
  $ npx sandtable tables create --bucket --endpoint http://127.0.0.1:4566    in an emulator
  $ npx sandtable tables describe --json
  $ npx sandtable tables delete --yes

Names, region and endpoint come from the settings: DYNAMODB_..._TABLE, AWS_REGION, AWS_ENDPOINT_URL and the SDK's
usual credentials.
`

/** `sandtable tables`: the tables of the API, wherever they are to be. */
export function tablesCommand (): Command {
  const tables = new Command('tables')
    .description('Creates, describes or deletes the tables of the API, in an AWS account or at any endpoint that speaks DynamoDB.')
    .addHelpText('after', EXAMPLES)

  tables.addCommand(verb('create')
    .description('create those that are missing, and set up expiry and point-in-time recovery')
    .option('--bucket', 'create the default bucket as well')
    .action((_options: object, command: Command) => on(command, async ({ aws, config, definitions }) => {
      const created = await createTables(aws.dynamodb, definitions, { onProgress: ({ table, step }) => progress(`${table}: ${step}`) })
      if (command.opts<{ bucket?: boolean }>().bucket) await createObjectStore(aws.s3, config.aws.bucket).ensureBucket()
      printData(command, created, (all) => columns([
        ['table', 'state', 'time to live', 'point-in-time recovery'],
        ...all.map(({ name, created, timeToLive, pointInTimeRecovery }: CreatedTable) =>
          [name, created ? 'created' : 'there already', timeToLive, pointInTimeRecovery]),
      ]))
    })))

  tables.addCommand(verb('describe')
    .description('what is there of them')
    .action((_options: object, command: Command) => on(command, async ({ aws, definitions }) => {
      printData(command, await describeTables(aws.dynamodb, definitions), (all) => columns([
        ['table', 'status', 'items', 'bytes', 'indexes'],
        ...all.map(({ name, status, items, bytes, indexes }) => [name, status, items, bytes, indexes.join(', ')]),
      ]))
    })))

  tables.addCommand(verb('delete')
    .description('delete them, with all that is in them')
    .option('--yes', 'that is what you want')
    .action((_options: object, command: Command) => on(command, async ({ aws, definitions, where }) => {
      if (!command.opts<{ yes?: boolean }>().yes) {
        command.error(`error: this deletes ${definitions.map(({ name }) => name).join(', ')} and all that is in them, at ${where}; say --yes to do it`)
      }
      const deleted = await deleteTables(aws.dynamodb, definitions, { onProgress: ({ table, step }) => progress(`${table}: ${step}`) })
      printData(command, deleted, (all) => all.map(({ name, deleted }) => `${name}: ${deleted ? 'deleted' : 'was not there'}`))
    })))

  return tables
}

const verb = (name: string) => new Command(name)
  .option('--endpoint <url>', 'instead of AWS, or of AWS_ENDPOINT_URL', parseUrl)
  .addOption(jsonOption())

interface Target {
  aws: AwsClients
  config: Config
  definitions: TableDefinition[]
  /** For people. */
  where: string
}

/** Opens what the command line and the settings name, works on it, and tells what goes wrong in words. */
async function on (command: Command, work: (target: Target) => Promise<void>): Promise<void> {
  const { endpoint } = command.opts<{ endpoint?: string }>()
  const settings = endpoint === undefined
    ? process.env
    : { ...process.env, AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ENDPOINT_URL_S3: endpoint, AWS_ENDPOINT_URL_REKOGNITION: endpoint }
  const config = loadConfig(settings)
  const { endpoints, region } = config.aws
  const where = endpoints.dynamodb ?? `AWS, ${region}`
  useLocalCredentials(process.env, endpoints)
  const aws = createAwsClients(config.aws)
  try {
    await work({ aws, config, definitions: allTables(config), where })
  } catch (error) {
    throw explain(error, where)
  } finally {
    aws.destroy()
  }
}

/** Names that errors have when nothing answers, or not in time. */
const SILENCE: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'TimeoutError'])

function explain (error: unknown, where: string): unknown {
  const { name, code } = error as { name?: string, code?: string } // looked at only
  if (name === 'CredentialsProviderError') {
    return new Failure('There are no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; an emulator is named by --endpoint.', { cause: error })
  }
  if (SILENCE.has(code ?? name)) return new Failure(`Nothing answers at ${where}. An emulator is started with: npx sandtable start`, { cause: error })
  return error
}
