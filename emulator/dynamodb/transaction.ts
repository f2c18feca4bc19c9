import { AwsError } from '../core/errors.ts'
import { engine, type Item, type Shape } from './engine.ts'
import { transactionCanceled, type CancellationReason } from './errors.ts'

/** Shapes that the actions of a transaction share, in dynalite's grammar. */
export const tableName: Shape = {
  type: 'String', notNull: true, regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255,
}
export const attributes: Shape = { type: 'Map<AttributeValue>', notNull: true, children: 'AttrStruct<ValueStruct>' }
export const expressionNames: Shape = { type: 'Map<java.lang.String>', children: 'String' }
export const expressionValues: Shape = { type: 'Map<AttributeValue>', children: 'AttrStruct<ValueStruct>' }
export const returnConsumedCapacity: Shape = { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] }

const NO_FAULT: CancellationReason = { Code: 'None' }

/** The reasons of a transaction, one for each action, in order. */
export class Reasons {
  readonly #reasons: CancellationReason[]

  constructor (actions: number) {
    this.#reasons = new Array<CancellationReason>(actions).fill(NO_FAULT)
  }

  /** Runs an action's part; what it throws becomes its reason. A missing table is the whole transaction's fault. */
  async attempt (index: number, run: () => Promise<void> | void, itemFound?: () => Item | undefined): Promise<void> {
    try {
      await run()
    } catch (error) {
      const reason = error instanceof AwsError ? reasonFor(error, itemFound) : undefined
      if (!reason) throw error
      this.#reasons[index] = reason
    }
  }

  /** @throws TransactionCanceledException if any action had a fault */
  assertNone (): void {
    if (this.#reasons.some((reason) => reason !== NO_FAULT)) throw transactionCanceled(this.#reasons)
  }
}

function reasonFor (error: AwsError, itemFound?: () => Item | undefined): CancellationReason | undefined {
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message }
  if (error.code !== 'ConditionalCheckFailedException') return undefined
  const item = itemFound?.()
  return { Code: 'ConditionalCheckFailed', Message: error.message, ...(item && { Item: item }) }
}

/** Checks a member of a transaction as the operation of that name would check it by itself. */
export function checkAs (name: string, input: object, ctx: Parameters<ReturnType<typeof engine.custom>>[1]): void {
  engine.custom(name)(input, ctx)
}
