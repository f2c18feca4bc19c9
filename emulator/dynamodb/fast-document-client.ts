import { DynamoDBDocumentClient, type TranslateConfig } from '@aws-sdk/lib-dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DirectResult } from '../core/protocol/direct-call.ts'
import { sendDirectly } from '../direct-send.ts'
import { marshaller, translate, unmarshaller, type KeyNodes } from './values/attribute-values.ts'
import type { AttributeValue } from './values/item.ts'

/** Starts an operation; `undefined` if there is none of that name. Never throws. */
export type DirectCall = (operation: string, input: object) => DirectResult | Promise<DirectResult> | undefined

/** Members of lib-dynamodb's commands that exist at run time but not in their types. */
interface DocumentCommand {
  input: Record<string, unknown>
  inputKeyNodes?: NonNullable<KeyNodes>
  outputKeyNodes?: NonNullable<KeyNodes>
  clientCommand?: { constructor: { name: string } }
}

/**
 * A document client that marshals a command's input and calls the engine directly, see {@link sendDirectly}. Its
 * answers are those of the SDK. Other commands go through the SDK unchanged.
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
    sendDirectly<DocumentCommand>(this, {
      start: (command) => this.#direct(command),
      read: ({ outputKeyNodes = {} }, output) => translate(output, outputKeyNodes, this.#fromJson),
    })
  }

  /** Starts the operation, if the engine has it; the input is marshalled as the SDK would. */
  #direct ({ input, inputKeyNodes, clientCommand }: DocumentCommand): DirectResult | Promise<DirectResult> | undefined {
    if (!clientCommand || !inputKeyNodes) return undefined
    let marshalled: object
    try {
      marshalled = translate(input, inputKeyNodes, this.#toJson)
    } catch {
      return undefined // a value that cannot be marshalled fails with the SDK's error
    }
    return this.#call(this.#operationOf(clientCommand), marshalled)
  }

  #operationOf ({ constructor }: NonNullable<DocumentCommand['clientCommand']>): string {
    let operation = this.#operations.get(constructor)
    if (operation === undefined) this.#operations.set(constructor, operation = constructor.name.replace(/^_+|Command$/g, ''))
    return operation
  }
}
