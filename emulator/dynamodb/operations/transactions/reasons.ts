import { AwsError } from '../../../core/errors.ts'
import type { Item } from '../../values/item.ts'
import type { Limits } from '../../limits.ts'
import { transactionCanceled, validation, type CancellationReason } from '../../errors.ts'

/** @throws ValidationException if a transaction has too many actions */
export function checkActionCount (actions: readonly object[], { transactionActions }: Limits): void {
  if (actions.length <= transactionActions) return
  throw validation(`1 validation error detected: Value '[${actions.map((action) => JSON.stringify(action)).join(', ')}]' at 'transactItems' ` +
    `failed to satisfy constraint: Member must have length less than or equal to ${transactionActions}`)
}

const NO_FAULT: CancellationReason = { Code: 'None' }

/** The reasons of a transaction, one for each action, in order. */
export class Reasons {
  readonly #reasons: CancellationReason[]
  readonly #looksAtAll: boolean
  #invalid = false

  /** @param options.looksAtAll  whether actions after one that is not valid are looked at, as those of PartiQL are */
  constructor (actions: number, { looksAtAll = false } = {}) {
    this.#looksAtAll = looksAtAll
    this.#reasons = new Array<CancellationReason>(actions).fill(NO_FAULT)
  }

  /**
   * Runs one action; an error becomes its reason. After an invalid action the remaining ones are skipped,
   * while all conditions are checked. A missing table is an error of the whole transaction.
   */
  attempt (index: number, run: () => void, itemFound?: () => Item | undefined): void {
    if (this.#invalid) return
    try {
      run()
    } catch (error) {
      const reason = error instanceof AwsError ? reasonFor(error, itemFound) : undefined
      if (!reason) throw error
      this.#invalid = reason.Code === 'ValidationError' && !this.#looksAtAll
      this.#reasons[index] = reason
    }
  }

  /** @throws TransactionCanceledException if any action had an error */
  assertNone (): void {
    if (this.#reasons.some((reason) => reason !== NO_FAULT)) throw transactionCanceled(this.#reasons)
  }
}

/** Empty keys are an error of the whole transaction, unlike keys of a wrong type. */
const EMPTY_KEY = 'One or more parameter values are not valid.'

function reasonFor (error: AwsError, itemFound?: () => Item | undefined): CancellationReason | undefined {
  if (error.message.startsWith(EMPTY_KEY)) return undefined
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message }
  if (error.code === 'DuplicateItemException') return { Code: 'DuplicateItem', Message: error.message }
  if (error.code === 'ResourceNotFoundException') return { Code: 'ResourceNotFound', Message: error.message }
  if (error.code !== 'ConditionalCheckFailedException') return undefined
  const item = itemFound?.()
  return { Code: 'ConditionalCheckFailed', Message: error.message, ...(item && { Item: item }) }
}
