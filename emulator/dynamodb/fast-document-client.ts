import { DynamoDBDocumentClient, type TranslateConfig } from '@aws-sdk/lib-dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { ConnectionReset } from '../core/errors.ts'
import type { WireResponse } from '../core/wire.ts'
import type { InProcessOptions } from '../in-process-handler.ts'
import { marshaller, translate, unmarshaller, type KeyNodes } from './attribute-values.ts'
import type { AttributeValue } from './item.ts'

/** An operation's outcome: its answer, or what an SDK would have got for its failure. */
export type DirectResult = { output: Record<string, unknown>, requestId: string } | { failure: WireResponse | ConnectionReset }

/** Calls an operation at once; `undefined` when there is none of that name. Never throws. */
export type DirectCall = (operation: string, input: object) => DirectResult | Promise<DirectResult> | undefined

/** What lib-dynamodb's commands hold at run time, beyond what their types tell. */
interface DocumentCommand {
  input: Record<string, unknown>
  inputKeyNodes?: NonNullable<KeyNodes>
  outputKeyNodes?: NonNullable<KeyNodes>
  clientCommand?: { constructor: { name: string } }
}

/**
 * A document client that marshals a command's input and calls the engine at once: no HTTP request is built, no
 * middleware runs. Its answers are those of the SDK. When an operation fails, the failure in hand becomes the first
 * attempt's response of the SDK's own way, so that retries, error classes and metadata are the SDK's and nothing is
 * executed twice. Commands that are not of the document client go the SDK's way as they are.
 */
export class FastDocumentClient extends DynamoDBDocumentClient {
  readonly #call: DirectCall
  readonly #toJson: (value: unknown) => AttributeValue
  readonly #fromJson: (value: unknown) => unknown
  /** The operation of each class of commands. */
  readonly #operations = new Map<object, string>()

  constructor (client: DynamoDBClient, translateConfig: TranslateConfig, call: DirectCall) {
    super(client, translateConfig)
    this.#call = call
    // The SDK's defaults for document commands.
    this.#toJson = marshaller({ convertTopLevelContainer: true, ...translateConfig.marshallOptions })
    this.#fromJson = unmarshaller({ convertWithoutMapWrapper: true, ...translateConfig.unmarshallOptions })
    // The SDK's `send` is overloaded for callbacks too, which a method of ours cannot be; it is replaced here instead.
    const send = this.send.bind(this) as (command: unknown, options?: InProcessOptions) => Promise<unknown>
    this.send = ((command: DocumentCommand, options?: InProcessOptions) => {
      const direct = typeof options === 'function' || options?.abortSignal ? undefined : this.#direct(command)
      return direct ? this.#finish(command, direct, { send, options }) : send(command, options)
    }) as typeof this.send
  }

  /** Starts the operation, if the engine has it; the input is marshalled as the SDK would. */
  #direct ({ input, inputKeyNodes, clientCommand }: DocumentCommand): DirectResult | Promise<DirectResult> | undefined {
    if (!clientCommand || !inputKeyNodes) return undefined
    let marshalled: object
    try {
      marshalled = translate(input, inputKeyNodes, this.#toJson)
    } catch {
      return undefined // what cannot be marshalled fails in the SDK's own words
    }
    return this.#call(this.#operationOf(clientCommand), marshalled)
  }

  #operationOf ({ constructor }: NonNullable<DocumentCommand['clientCommand']>): string {
    let operation = this.#operations.get(constructor)
    if (operation === undefined) this.#operations.set(constructor, operation = constructor.name.replace(/^_+|Command$/g, ''))
    return operation
  }

  async #finish (
    command: DocumentCommand, direct: DirectResult | Promise<DirectResult>,
    { send, options }: { send: (command: unknown, options?: InProcessOptions) => Promise<unknown>, options?: InProcessOptions }
  ): Promise<unknown> {
    const result = direct instanceof Promise ? await direct : direct
    if ('failure' in result) return send(command, { ...options, firstResponse: { response: result.failure } })
    return {
      $metadata: { httpStatusCode: 200, requestId: result.requestId, extendedRequestId: undefined, cfId: undefined, attempts: 1, totalRetryDelay: 0 },
      ...translate(result.output, command.outputKeyNodes ?? {}, this.#fromJson),
    }
  }
}
