// A small API of notes, as yours may be: it knows nothing of Sandtable. `node api.mjs` listens on PORT, or 8080.
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'

// AWS_ENDPOINT_URL, AWS_REGION and the credentials come from the environment.
const dynamodb = new DynamoDBClient()
const documents = DynamoDBDocumentClient.from(dynamodb)

await dynamodb.send(new CreateTableCommand({
  TableName: 'notes',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
})).catch((error) => {
  if (error.name !== 'ResourceInUseException') throw error
})

/** Sends a command with the id of the request behind it, so that the emulator's trace links the two. */
function send (command, request) {
  const id = request.headers['x-request-id']
  if (id !== undefined) {
    command.middlewareStack.add((next) => (args) => {
      args.request.headers['x-request-id'] = id
      return next(args)
    }, { step: 'build' })
  }
  return documents.send(command)
}

async function answer (request) {
  const id = request.url.replace(/^\/notes\//, '')
  if (request.method === 'PUT') {
    const { text } = await json(request)
    await send(new PutCommand({ TableName: 'notes', Item: { id, text } }), request)
    return [201, { id, text }]
  }
  const { Item } = await send(new GetCommand({ TableName: 'notes', Key: { id } }), request)
  return Item ? [200, Item] : [404, { message: `There is no note ${id}` }]
}

const server = createServer((request, response) => {
  answer(request).catch((error) => [500, { message: error.message }]).then(([status, body]) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
}).listen(process.env.PORT ?? 8080, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
