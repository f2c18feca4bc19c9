import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Scope } from '../../access/control-types.ts'
import { toDynamoJson } from './values.ts'

/** A call, as DynamoDB's JSON has it. */
export interface Call {
  operation: string
  input: Record<string, unknown>
}

/** The input of a call with its values in DynamoDB's JSON, whatever they hold. */
export function jsonInput (input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined).map(([name, value]) =>
    [name, name === 'ExpressionAttributeValues' || name === 'Item' || name === 'Key' ? toDynamoJson(value as Record<string, AttributeValue>) : value])) // by the members' types
}

/** In single quotes, for any shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** The same call with the AWS CLI. */
export function asCli ({ operation, input }: Call, { account, region }: Scope, endpoint: string): string {
  const verb = operation.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase()
  return [
    `AWS_ACCESS_KEY_ID=${account} AWS_SECRET_ACCESS_KEY=sandtable`,
    `  aws dynamodb ${verb} --endpoint-url ${endpoint} --region ${region}`,
    `  --cli-input-json ${quoted(JSON.stringify(input))}`,
  ].join(' \\\n')
}

/** With the AWS SDK for JavaScript. */
export function asJavaScript ({ operation, input }: Call, { account, region }: Scope, endpoint: string): string {
  return `import { DynamoDBClient, ${operation}Command } from '@aws-sdk/client-dynamodb'

const client = new DynamoDBClient({
  endpoint: '${endpoint}',
  region: '${region}',
  credentials: { accessKeyId: '${account}', secretAccessKey: 'sandtable' },
})
const answer = await client.send(new ${operation}Command(${JSON.stringify(input, null, 2)}))
`
}

/** With boto3. */
export function asPython ({ operation, input }: Call, { account, region }: Scope, endpoint: string): string {
  const method = operation.replaceAll(/(?<!^)([A-Z])/g, '_$1').toLowerCase()
  return `import boto3

client = boto3.client(
    "dynamodb",
    endpoint_url="${endpoint}",
    region_name="${region}",
    aws_access_key_id="${account}",
    aws_secret_access_key="sandtable",
)
answer = client.${method}(**${pythonOf(input)})
`
}

/** JSON's strings and numbers are Python's too; its words are not. */
function pythonOf (value: unknown, indent = ''): string {
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === null || value === undefined) return 'None'
  const inner = `${indent}    `
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[\n${value.map((one) => `${inner}${pythonOf(one, inner)},\n`).join('')}${indent}]`
  if (typeof value === 'object') {
    const lines = Object.entries(value).map(([name, one]) => `${inner}${JSON.stringify(name)}: ${pythonOf(one, inner)},\n`)
    return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`
  }
  return JSON.stringify(value)
}
