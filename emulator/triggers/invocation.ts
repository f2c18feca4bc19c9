import type { ShownRecord } from '../streams/stream-record.ts'

/** A record of an event, as Lambda gives it to a function. */
export interface TriggerRecord extends Omit<ShownRecord, 'userIdentity'> {
  eventSourceARN: string
  /** Of an item that has expired. Lambda begins these names in lower case, unlike GetRecords. */
  userIdentity?: { principalId: string, type: string }
}

/**
 * Source: "Working with expired items and DynamoDB Streams" (developer guide), whose example is Lambda's.
 */
export function triggerRecord ({ userIdentity, ...record }: ShownRecord, eventSourceARN: string): TriggerRecord {
  return { ...record, eventSourceARN, ...userIdentity && { userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type } } }
}

/** What a trigger's function is called with. */
export interface TriggerEvent { Records: TriggerRecord[] }

/** What a function may answer with `ReportBatchItemFailures`. */
export interface BatchResponse { batchItemFailures?: { itemIdentifier?: string }[] | null }

/** A trigger's function. A batch fails when it throws. */
export type TriggerHandler = (event: TriggerEvent) => BatchResponse | void | Promise<BatchResponse | void>

/** Takes the description of a discarded batch. */
export type FailureHandler = (failure: DiscardedBatch) => void | Promise<void>

/**
 * A batch that was given up, as Lambda describes it to a destination.
 * Source: "Retaining records for a failed batch" (Lambda developer guide).
 */
export interface DiscardedBatch {
  requestContext: { requestId: string, functionArn: string, condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded', approximateInvokeCount: number }
  responseContext?: { statusCode: number, executedVersion: string, functionError: string }
  version: '1.0'
  timestamp: string
  DDBStreamBatchInfo: {
    shardId: string
    startSequenceNumber: string
    endSequenceNumber: string
    approximateArrivalOfFirstRecord: string
    approximateArrivalOfLastRecord: string
    batchSize: number
    streamArn: string
  }
}

/** Calls a trigger's function, and rejects if it fails. */
export type Invoke = (event: TriggerEvent) => Promise<BatchResponse | void>

/** Calls a function of this process. The event is a copy, so that a function may change it. */
export function invokeHandler (handler: TriggerHandler): Invoke {
  return async (event) => handler(structuredClone(event))
}

/**
 * Sends an event to a URL, such as that of the Lambda runtime interface emulator, which answers 200 also when the function
 * failed, with an error's members in its body.
 */
export function invokeUrl (url: string, { timeoutMs, signal }: { timeoutMs: number, signal: AbortSignal }): (event: object) => Promise<BatchResponse | void> {
  return async (event) => {
    const text = await post(url, event, { timeoutMs, signal })
    if (text.trim() === '') return undefined
    let answer: unknown
    try {
      answer = JSON.parse(text)
    } catch {
      return undefined // the answer of a server that is no Lambda
    }
    if (answer === null || typeof answer !== 'object') return undefined
    const { errorType, errorMessage } = answer as { errorType?: unknown, errorMessage?: unknown }
    if (typeof errorMessage === 'string') throw new Error(typeof errorType === 'string' ? `${errorType}: ${errorMessage}` : errorMessage)
    return answer
  }
}

/**
 * Sends JSON and gives the text of the answer.
 * @throws if it is not answered with a status of 200 to 299, within the time
 */
export async function post (url: string, body: unknown, { timeoutMs, signal }: { timeoutMs: number, signal: AbortSignal }): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  }).catch((error: unknown) => {
    const { cause } = error as Error // fetch rejects with errors only
    throw new Error(`${url}: ${cause instanceof Error ? cause.message : (error as Error).message}`)
  })
  const text = await answer.text()
  if (!answer.ok || answer.headers.has('x-amz-function-error')) throw new Error(`${url} answered ${answer.status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`)
  return text
}

/**
 * How many records at the start of a batch succeeded, by a function's answer; all of them if it reports no failure.
 * Source: "Reporting batch item failures" (Lambda developer guide).
 */
export function succeeded (records: readonly TriggerRecord[], answer: BatchResponse | void): number {
  const failures = answer?.batchItemFailures
  if (!failures || failures.length === 0) return records.length
  const places = failures.map(({ itemIdentifier }) => records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier))
  return Math.max(0, Math.min(...places)) // an identifier that no record has fails the whole batch
}
