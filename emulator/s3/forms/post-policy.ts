import { invalidAccordingToPolicy, invalidPolicyDocument } from '../errors.ts'

/** A condition: the value of a field equals another, or starts with it. */
interface FieldCondition { kind: 'eq' | 'starts-with', field: string, value: string }

/** What a form may upload, and until when. */
export interface PostPolicy {
  /** Epoch ms. */
  expiration: number
  conditions: readonly FieldCondition[]
  /** Bytes of the file, inclusive. */
  length?: { min: number, max: number }
}

/** Fields that no condition has to name. */
const EXEMPT = /^(x-amz-signature|awsaccesskeyid|signature|file|policy|bucket|x-ignore-.*)$/

/**
 * Reads the policy of a form.
 * @param encoded  base64 of its JSON
 * @throws InvalidPolicyDocument
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export function readPostPolicy (encoded: string): PostPolicy {
  const { expiration, conditions } = parse(encoded)
  if (expiration === undefined) throw invalidPolicyDocument('Policy missing expiration.')
  const expires = typeof expiration === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(expiration) ? Date.parse(expiration) : NaN
  if (Number.isNaN(expires)) throw invalidPolicyDocument(`Invalid 'expiration' value: '${typeof expiration === 'string' ? expiration : JSON.stringify(expiration)}'`)
  if (conditions === undefined) throw invalidPolicyDocument('Policy missing conditions.')
  if (!Array.isArray(conditions)) throw invalidPolicyDocument('Invalid \'conditions\' value: must be a List.')
  const policy: PostPolicy & { conditions: FieldCondition[] } = { expiration: expires, conditions: [] }
  for (const condition of conditions as unknown[]) {
    if (Array.isArray(condition) && /^content-length-range$/i.test(String(condition[0]))) policy.length = lengthOf(condition)
    else policy.conditions.push(...fieldConditions(condition))
  }
  return policy
}

function parse (encoded: string): { expiration?: unknown, conditions?: unknown } {
  try {
    const document: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString())
    if (document !== null && typeof document === 'object' && !Array.isArray(document)) return document
  } catch { /* as below */ }
  throw invalidPolicyDocument('Invalid JSON.')
}

function lengthOf ([, ...bounds]: unknown[]): { min: number, max: number } {
  const [min, max] = bounds.map((bound) => /^\d{1,15}$/.test(String(bound)) ? Number(bound) : NaN)
  if (bounds.length !== 2 || Number.isNaN(min) || Number.isNaN(max)) throw invalidPolicyDocument('Invalid content-length-range: it takes two numbers.')
  return { min: min!, max: max! } // there are two
}

function fieldConditions (condition: unknown): FieldCondition[] {
  if (Array.isArray(condition)) {
    const [operator, name, value, ...rest] = condition as unknown[]
    const kind = String(operator).toLowerCase()
    if ((kind !== 'eq' && kind !== 'starts-with') || typeof name !== 'string' || !name.startsWith('$') || typeof value !== 'string' || rest.length > 0) {
      throw invalidPolicyDocument(`Invalid Condition: ${JSON.stringify(condition)}.`)
    }
    return [{ kind, field: name.slice(1).toLowerCase(), value }]
  }
  if (condition === null || typeof condition !== 'object') throw invalidPolicyDocument(`Invalid Condition: ${JSON.stringify(condition)}.`)
  const members = Object.entries(condition)
  if (members.length !== 1) throw invalidPolicyDocument('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.')
  return members.map(([name, value]) => {
    if (typeof value !== 'string') throw invalidPolicyDocument('Invalid Simple-Condition: value must be a string.')
    return { kind: 'eq', field: name.toLowerCase(), value }
  })
}

/**
 * Checks the fields of a form by its policy. The size of the file is checked when it has been read.
 * @param fields  with the bucket, and the key in which the name of the file is put
 * @param now     epoch ms
 * @throws AccessDenied
 */
export function checkPostPolicy (policy: PostPolicy, fields: Readonly<Record<string, string>>, now: number): void {
  if (now >= policy.expiration) throw invalidAccordingToPolicy('Policy expired.')
  for (const { kind, field, value } of policy.conditions) {
    if (!holds(kind, fields[field] ?? '', value, field)) {
      throw invalidAccordingToPolicy(`Policy Condition failed: [${[kind, `$${field}`, value].map((part) => JSON.stringify(part)).join(', ')}]`)
    }
  }
  const named = new Set(policy.conditions.map(({ field }) => field))
  const extra = Object.keys(fields).filter((name) => !EXEMPT.test(name) && !named.has(name))
  if (extra.length > 0) throw invalidAccordingToPolicy(`Extra input fields: ${extra.join(', ')}`)
}

function holds (kind: FieldCondition['kind'], given: string, value: string, field: string): boolean {
  if (kind === 'eq') return given === value
  // A list of content types: each has to start so.
  const parts = field === 'content-type' ? given.split(',').map((part) => part.trim()) : [given]
  return parts.every((part) => part.startsWith(value))
}
