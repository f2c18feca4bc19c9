import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { HttpRequest } from '@smithy/protocol-http'
import type { InProcessHandler } from '../in-process-handler.ts'

export interface Answer { status: number, body: Record<string, unknown> & { __type?: string, message?: string, Message?: string } }

/** Sends text of any kind to the emulator behind a client, past all that an SDK does to an input. */
export async function sendRaw (client: DynamoDBClient, operation: string, body: string): Promise<{ status: number, read: () => Promise<string> }> {
  const handler = client.config.requestHandler as InProcessHandler // or the SDK's own, which is called in the same way
  const { protocol, hostname, port } = await client.config.endpoint?.() ?? {}
  const { response } = await handler.handle(new HttpRequest({
    method: 'POST',
    protocol,
    hostname,
    port,
    path: '/',
    headers: {
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260301T120000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=sandtable/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body,
  }))
  // As the handler makes it: whole, or to be read.
  const content = response.body as Uint8Array | Readable
  const read = async () => content instanceof Uint8Array ? Buffer.from(content).toString() : text(content)
  return { status: response.statusCode, read }
}

/** Calls an operation with an input as it is, and gives its answer as it is. */
export async function invokeRaw (client: DynamoDBClient, operation: string, input: object): Promise<Answer> {
  const { status, read } = await sendRaw(client, operation, JSON.stringify(input))
  return { status, body: JSON.parse(await read()) as Answer['body'] }
}
