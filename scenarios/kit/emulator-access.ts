import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { NotApplicable } from './not-applicable.ts'

/** The emulator under the API, over the wire. */
export interface EmulatorAccess {
  readonly url: string
  /** Looks into the tables, or shows what happens without the API. */
  documents: DynamoDBDocumentClient
  /** What an operator does: backups, restores, exports. */
  dynamodb: DynamoDBClient
  s3: S3Client
  /**
   * A call in AWS JSON of a service that the kit has no client for.
   * @param target  such as `AnyScaleFrontendService.RegisterScalableTarget`
   */
  json<T> (signingName: string, target: string, input: object): Promise<T>
  /** Moves the clock, such as `31d`; all that falls due is done before it resolves. */
  advance (by: string): Promise<void>
  /** The emulator's time. */
  now (): Promise<Date>
  /** A call of the control API, such as `PUT` of `/triggers/archive`. */
  control<T> (method: string, path: string, body?: object): Promise<T>
}

export interface ClosableEmulatorAccess extends EmulatorAccess {
  close (): void
}

/** @param options.ownsClock  no other process uses this clock; without it, moving it is not applicable */
export function createEmulatorAccess ({ url, ownsClock }: { url: string, ownsClock: boolean }): ClosableEmulatorAccess {
  const config = { endpoint: url, region: 'us-east-1', credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' } }
  const dynamodb = new DynamoDBClient(config)
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  async function control<T> (method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${url}/_sandtable${path}`, { method, body: body && JSON.stringify(body) })
    if (!response.ok) throw new Error(`${method} ${path} of the control API answered ${response.status}: ${await response.text()}`)
    return await response.json() as T // the control API's own answer
  }
  return {
    url,
    documents: DynamoDBDocumentClient.from(dynamodb),
    dynamodb,
    s3,
    control,
    async json<T> (signingName: string, target: string, input: object) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          // DynamoDB and CloudWatch speak AWS JSON 1.0, and the emulator's other services take it too.
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': target,
          'x-amz-date': '20260101T000000Z',
          // The emulator reads who calls, and does not check the signature.
          authorization: `AWS4-HMAC-SHA256 Credential=sandtable/20260101/us-east-1/${signingName}/aws4_request, SignedHeaders=host, Signature=none`,
        },
        body: JSON.stringify(input),
      })
      const body = await response.text()
      if (!response.ok) throw new Error(`${target} answered ${response.status}: ${body}`)
      // Operations without an output answer with an empty body.
      return JSON.parse(body || '{}') as T // the service's own answer
    },
    async advance (by) {
      if (!ownsClock) throw new NotApplicable('it moves the clock, which other users of the emulator depend on')
      await control('POST', '/clock/advance', { by })
    },
    now: async () => new Date((await control<{ now: string }>('GET', '/clock')).now),
    close () {
      dynamodb.destroy()
      s3.destroy()
    },
  }
}
