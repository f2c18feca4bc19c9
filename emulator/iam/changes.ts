import type { IamContext } from './context.ts'
import { entityNotFound, invalidInput, limitExceeded, malformedPolicy, policyNotFound, type EntityName } from './errors.ts'
import { BadPolicy, readPolicy, type PolicyUse } from './evaluator/check-policy.ts'
import { AWS_LIMITS } from './limits.ts'
import type { Change, IamStore } from './principals/iam-store.ts'
import { put } from './principals/iam-store.ts'
import { managedPolicy } from './principals/managed-policies.ts'
import type { Records, Tag } from './principals/records.ts'

/** A user, group or role that has to be there. @throws NoSuchEntity */
export function existing<K extends EntityName> (store: IamStore, kind: K, name: string): Records[K] {
  const record = store.get(kind, name)
  if (!record) throw entityNotFound(kind, name)
  return record
}

/** Changes an entity, and answers nothing. */
export function changeEntity<K extends EntityName> (ctx: IamContext, kind: K, name: string, change: (record: Records[K]) => Records[K]): Promise<undefined> {
  ctx.notes.resource = name
  return ctx.store.change(() => ({ changes: [put(kind, change(existing(ctx.store, kind, name)))], answer: undefined }))
}

/** Nothing to answer. */
export const done = (changes: readonly Change[]): { changes: readonly Change[], answer: undefined } => ({ changes, answer: undefined })

/** @throws MalformedPolicyDocument, LimitExceeded */
export function checkDocument (text: string, use: PolicyUse, limit: { characters: number, what: string }): string {
  try {
    readPolicy(text, use)
  } catch (error) {
    throw error instanceof BadPolicy ? malformedPolicy(error.message) : error
  }
  if (lengthOf(text) > limit.characters) throw limitExceeded(`Cannot exceed quota for ${limit.what}: ${limit.characters}`)
  return text
}

/** Characters as quotas count them: without white space. */
export const lengthOf = (text: string): number => text.replace(/\s/g, '').length

/** A policy that may be a permissions boundary. @throws NoSuchEntity */
export function checkBoundary (store: IamStore, arn: string | undefined): string | undefined {
  if (arn !== undefined && !managedPolicy(store, arn)) throw policyNotFound(arn)
  return arn
}

/** @throws InvalidInput, LimitExceeded */
export function withTags (before: readonly Tag[], added: readonly Tag[]): Tag[] {
  const lower = added.map(({ Key }) => Key.toLowerCase())
  if (new Set(lower).size < lower.length) throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  const all = [...before.filter(({ Key }) => !lower.includes(Key.toLowerCase())), ...added]
  if (all.length > AWS_LIMITS.tags) throw limitExceeded(`The number of tags has reached the maximum limit: ${AWS_LIMITS.tags}.`)
  return all
}

export const withoutTags = (before: readonly Tag[], keys: readonly string[]): Tag[] => {
  const lower = keys.map((key) => key.toLowerCase())
  return before.filter(({ Key }) => !lower.includes(Key.toLowerCase()))
}
