import type { Command } from 'commander'
import { createAwsClients, type AwsClients } from '../../server/aws/clients.ts'
import type { TableDefinition } from '../../server/aws/tables.ts'
import { loadConfig, type Config } from '../../server/config.ts'
import { ApiError } from '../../server/core/errors.ts'
import { allTables } from '../../server/tables.ts'
import { parseUrl } from './control.ts'
import { useLocalCredentials } from './credentials.ts'
import { Failure } from '../output/failure.ts'

/** Where the tables of the API are, and clients for it. */
export interface StoreTarget {
  aws: AwsClients
  config: Config
  definitions: TableDefinition[]
  /** For people. */
  where: string
}

/** Adds `--endpoint URL`, by which {@link onStore} finds the tables. */
export const withEndpoint = (command: Command): Command =>
  command.option('--endpoint <url>', 'URL to use instead of AWS or AWS_ENDPOINT_URL', parseUrl)

/** The store that the command line and the settings name, and its location, for people. Credentials for a local one are set. */
export function readTarget (command: Command): Pick<StoreTarget, 'config' | 'where'> {
  const { endpoint } = command.opts<{ endpoint?: string }>()
  const settings = endpoint === undefined
    ? process.env
    : { ...process.env, AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ENDPOINT_URL_S3: endpoint, AWS_ENDPOINT_URL_REKOGNITION: endpoint }
  const config = loadConfig(settings)
  const { endpoints, region } = config.aws
  useLocalCredentials(process.env, endpoints)
  return { config, where: endpoints.dynamodb ?? `AWS, ${region}` }
}

/** Opens the store that the command line and the settings name, works on it, and reports failures in one line. */
export async function onStore (command: Command, work: (target: StoreTarget) => Promise<void>): Promise<void> {
  const { config, where } = readTarget(command)
  const aws = createAwsClients(config.aws)
  try {
    await work({ aws, config, definitions: allTables(config), where })
  } catch (error) {
    throw explain(error, where)
  } finally {
    aws.destroy()
  }
}

/** Names of errors when nothing answers, or not in time. */
const SILENCE: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'TimeoutError'])

/** The same error, or advice where that helps more. */
export function explain (error: unknown, where: string): unknown {
  // The server's own messages for an outage name one table; here it is the whole endpoint.
  const { name, code } = (error instanceof ApiError && error.cause instanceof Error ? error.cause : error) as { name?: string, code?: string } // looked at only
  if (name === 'CredentialsProviderError') {
    return new Failure('There are no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. For an emulator, use --endpoint.', { cause: error })
  }
  if (SILENCE.has(code ?? name)) return new Failure(`Nothing answers at ${where}. Start an emulator with: npx sandtable start`, { cause: error })
  return error instanceof ApiError ? new Failure(error.message, { cause: error }) : error
}
