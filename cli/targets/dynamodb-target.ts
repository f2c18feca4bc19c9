import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Command } from 'commander'
import { explain, readTarget } from './store-target.ts'

/** An emulator does all of an export or an import before it answers, so that the answer may take minutes. */
const ATTEMPT_TIMEOUT_MS = 15 * 60_000

/**
 * Makes a DynamoDB client for the endpoint that the command line and the settings name, works with it, and reports failures in one
 * line. The attempts are the SDK's own, but each may take long.
 */
export async function onDynamodb (command: Command, work: (dynamodb: DynamoDBClient) => Promise<void>): Promise<void> {
  const { config, where } = readTarget(command)
  const { endpoints, region } = config.aws
  const dynamodb = new DynamoDBClient({
    region,
    requestHandler: { requestTimeout: ATTEMPT_TIMEOUT_MS },
    ...endpoints.dynamodb !== undefined && { endpoint: endpoints.dynamodb },
  })
  try {
    await work(dynamodb)
  } catch (error) {
    throw explain(error, where)
  } finally {
    dynamodb.destroy()
  }
}
