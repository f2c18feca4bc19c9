import type { AwsError } from '../../core/errors.ts'
import type { DynamodbContext } from '../context.ts'
import {
  accountThroughputExceeded, INDEX_ON_DEMAND_EXCEEDED, INDEX_PROVISIONED_EXCEEDED, MAX_ON_DEMAND_EXCEEDED, ON_DEMAND_EXCEEDED, onDemandThroughputExceeded,
  PROVISIONED_EXCEEDED, provisionedThroughputExceeded, transactionCanceled,
  type CancellationReason
} from '../errors.ts'
import type { Meter } from './meter.ts'
import type { Refusal } from './throttle.ts'
import type { Usage } from './usage.ts'

const NO_FAULT: CancellationReason = { Code: 'None' }

interface Metered { readonly meter: Meter }

/**
 * Takes the units of a request, if they are to be had.
 * @throws the error of a throttled request
 */
export function claim (ctx: DynamodbContext, work: Metered, usages: readonly Usage[]): void {
  const refusals = ctx.throttle?.admit(usages)
  if (refusals) throw throttled(refusals, ctx, work)
}

/**
 * Takes the units of a transaction, if those of all its actions are to be had.
 * @param parts  one for each action
 * @throws TransactionCanceledException with the reason of each action
 */
export function claimAll (ctx: DynamodbContext, work: Metered, parts: readonly (readonly Usage[])[]): void {
  const refused = ctx.throttle?.admitAll(parts)
  if (!refused) return
  noteRefusals(ctx, refused.flatMap((refusals) => refusals ?? []))
  forget(ctx, work)
  throw transactionCanceled(refused.map((refusals) => refusals ? cancellationOf(refusals) : NO_FAULT))
}

/**
 * The answer of a batch that gives back some of its items because they were refused.
 * @param batch.refused  how many of its items were
 * @throws the error of a throttled request, if all were
 */
export function partly<T> (ctx: DynamodbContext, work: Metered, { refusals, refused, of, output }: { refusals: readonly Refusal[], refused: number, of: number, output: T }): T | Promise<T> {
  if (refused === of) throw throttled(refusals, ctx, work)
  noteRefusals(ctx, refusals)
  ctx.notes.unprocessed = refused
  return ctx.clock.throttled()?.then(() => output) ?? output
}

/** The error of a request that is refused: it has used nothing, and the trace says why. */
export function throttled (refusals: readonly Refusal[], ctx: DynamodbContext, work: Metered): AwsError {
  noteRefusals(ctx, refusals)
  forget(ctx, work)
  const reasons = refusals.map(({ reason, resource }) => ({ reason, resource }))
  const first = refusals[0]! // there is one at least
  if (first.limit === 'AccountLimitExceeded') return accountThroughputExceeded(reasons)
  return first.onDemand ? onDemandThroughputExceeded(reasons, textOf(first)) : provisionedThroughputExceeded(reasons, textOf(first))
}

/** Why an action of a transaction is refused. */
function cancellationOf (refusals: readonly Refusal[]): CancellationReason {
  const first = refusals[0]! // there is one at least
  return { Code: first.onDemand ? 'ThrottlingError' : 'ProvisionedThroughputExceeded', Message: textOf(first) }
}

/** Writes down for the trace why something was refused. */
export function noteRefusals (ctx: DynamodbContext, refusals: readonly Refusal[]): void {
  const throttling = ctx.notes.throttling ??= []
  for (const { resource, reason } of refusals) throttling.push({ resource, reason })
}

function forget ({ notes }: DynamodbContext, { meter }: Metered): void {
  meter.clear()
  if (notes.capacity) notes.capacity = []
  if (notes.items !== undefined) notes.items = 0
}

function textOf ({ limit, isIndex, onDemand }: Refusal): string {
  if (limit === 'MaxOnDemandThroughputExceeded') return MAX_ON_DEMAND_EXCEEDED
  if (onDemand) return isIndex ? INDEX_ON_DEMAND_EXCEEDED : ON_DEMAND_EXCEEDED
  return isIndex ? INDEX_PROVISIONED_EXCEEDED : PROVISIONED_EXCEEDED
}
