import * as autoScaling from '@aws-sdk/client-application-auto-scaling'
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as dynamodbstreams from '@aws-sdk/client-dynamodb-streams'
import * as rekognition from '@aws-sdk/client-rekognition'
import * as s3 from '@aws-sdk/client-s3'
import { test } from 'tap'
import { operations as autoScalingOperations } from './auto-scaling/index.ts'
import { operations as cloudwatchOperations } from './cloudwatch/index.ts'
import { operations as dynamodbOperations } from './dynamodb/index.ts'
import { operations as rekognitionOperations } from './rekognition/index.ts'
import { operations as s3Operations } from './s3/index.ts'
import { operations as streamsOperations } from './streams/index.ts'
import { conversations, type ServiceName } from './test-support/conversations.ts'
import { converse, prepare, type Caller } from './test-support/converse.ts'
import { overAllWays } from './test-support/emulator.ts'

/** Clients have no call for a form. */
const { PostObject: _form, ...CALLS_OF_S3 } = s3Operations

const SERVICES = {
  'application-autoscaling': { sdk: autoScaling, operations: autoScalingOperations },
  cloudwatch: { sdk: cloudwatch, operations: cloudwatchOperations },
  dynamodb: { sdk: dynamodb, operations: dynamodbOperations },
  dynamodbstreams: { sdk: dynamodbstreams, operations: streamsOperations },
  rekognition: { sdk: rekognition, operations: rekognitionOperations },
  s3: { sdk: s3, operations: CALLS_OF_S3 },
} as const

const serviceNames = Object.keys(SERVICES) as ServiceName[] // its own keys

test('the conversations call every operation of the emulator', (t) => {
  for (const name of serviceNames) {
    const called = new Set(conversations[name].map(({ operation }): string => operation))
    t.same(Object.keys(SERVICES[name].operations).filter((operation) => !called.has(operation)), [], `${name}: conversations.ts lacks these`)
  }
  t.end()
})

test('the JavaScript SDK calls every operation', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients } = await start()
    await prepare(emulator)
    // The emulator has no client of its own for it: it is called over the wire.
    const scaling = new autoScaling.ApplicationAutoScalingClient({ endpoint: emulator.url, region: 'us-east-1', credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }, maxAttempts: 1 })
    t.teardown(() => scaling.destroy())
    const others = { dynamodbstreams: clients.streams, 'application-autoscaling': scaling }
    const call: Caller = async (service, operation, input) => {
      const commands = SERVICES[service].sdk as unknown as Record<string, new (input: object) => object> // by the SDK's own naming
      const client = { ...others, cloudwatch: clients.cloudwatch, dynamodb: clients.dynamodb, rekognition: clients.rekognition, s3: clients.s3 }[service] as { send (command: object): Promise<Record<string, unknown>> } // takes its own commands
      const answer = await client.send(new commands[`${operation}Command`]!(service === 'cloudwatch' ? withDates(input) : input))
      if (operation !== 'GetObject') return answer
      return { ...answer, Body: await (answer as unknown as s3.GetObjectCommandOutput).Body!.transformToString() } // what GetObject answers
    }
    await Promise.all(serviceNames.map((service) => t.test(service, (t) => converse(t, service, call))))
  })
})

/** An input whose times in ISO 8601 are dates, as the JavaScript SDK takes them. */
function withDates (input: object): object {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, /(?:Time|Date)$/.test(name) ? new Date(String(value)) : value as unknown]))
}
