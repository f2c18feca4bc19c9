import type { KeyValues } from './request.ts'

/** What a pattern is made of: text, a wildcard, or a policy variable such as `${aws:username}`. */
type Part = string | typeof STAR | typeof ANY | Variable

interface Variable {
  /** The condition key, in lower case. */
  readonly name: string
  /** Used when the request does not have the key. */
  readonly fallback?: string
}

/** Stands for any characters, also none. */
const STAR = -1
/** Stands for one character. */
const ANY = -2

/** Whether a text fits; `key` gives the values of variables. */
export type Pattern = (text: string, key: KeyValues) => boolean

export interface PatternOptions {
  /** `*` and `?` are wildcards. Default true. */
  wildcards?: boolean
  /** `${...}` are variables: they are since version 2012-10-17 of the policy language. */
  variables: boolean
  /** Letters count the same in upper and lower case. */
  ignoreCase?: boolean
}

/**
 * Compiles a pattern of the policy language. A variable stands for its value as it is: wildcards in the value are plain
 * characters. A variable without a value makes a pattern that nothing fits.
 */
export function compilePattern (text: string, options: PatternOptions): Pattern {
  const folded = (one: string) => options.ignoreCase ? one.toLowerCase() : one
  const parts = partsOf(text, options).map((part) => typeof part === 'string' ? folded(part) : part)
  const compiled = parts.some(isVariable)
    ? (value: string, key: KeyValues) => {
        const resolved = resolve(parts, key)
        return resolved !== undefined && fits(resolved.flatMap((part) => typeof part === 'string' ? codesOf(folded(part)) : [part]), value)
      }
    : compileFixed(parts as Exclude<Part, Variable>[]) // that none is a variable was just asked
  return options.ignoreCase ? (value, key) => compiled(value.toLowerCase(), key) : compiled
}

const isVariable = (part: Part): part is Variable => typeof part === 'object'

/** The usual patterns need no search: a text, a text and a star, or a star. */
function compileFixed (parts: Exclude<Part, Variable>[]): Pattern {
  const [first, second] = parts
  if (parts.length === 0) return (value) => value === ''
  if (parts.length === 1 && first === STAR) return () => true
  if (parts.length === 1 && typeof first === 'string') return (value) => value === first
  if (parts.length === 2 && typeof first === 'string' && second === STAR) return (value) => value.startsWith(first)
  const codes = parts.flatMap((part) => typeof part === 'string' ? codesOf(part) : [part])
  return (value) => fits(codes, value)
}

const codesOf = (text: string): number[] => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))

/** Each star takes as little as it can; when the rest does not fit, the last star takes one character more. */
function fits (codes: readonly number[], text: string): boolean {
  let at = 0
  let place = 0
  let star = -1
  let starTook = 0
  while (at < text.length) {
    const code = codes[place]
    if (code === STAR) {
      star = place++
      starTook = at
    } else if (code === ANY || code === text.charCodeAt(at)) {
      place++
      at++
    } else if (star >= 0) {
      place = star + 1
      at = ++starTook
    } else {
      return false
    }
  }
  while (codes[place] === STAR) place++
  return place === codes.length
}

/** A variable: a name, and perhaps a default in single quotes. */
const VARIABLE = /^\$\{\s*([^,}]*?)\s*(?:,\s*'([^']*)'\s*)?\}/

/** `${*}`, `${?}` and `${$}` are these characters themselves. */
const LITERAL = /^\$\{([*?$])\}/

function partsOf (text: string, { wildcards = true, variables }: PatternOptions): Part[] {
  const parts: Part[] = []
  let plain = ''
  const end = (part: Part) => {
    if (plain !== '') parts.push(plain)
    plain = ''
    parts.push(part)
  }
  for (let at = 0; at < text.length;) {
    const character = text[at]!
    const rest = variables && character === '$' ? text.slice(at) : ''
    const literal = LITERAL.exec(rest)
    const variable = literal ? undefined : VARIABLE.exec(rest)
    if (literal) {
      plain += literal[1]!
      at += literal[0].length
    } else if (variable) {
      end({ name: variable[1]!.toLowerCase(), fallback: variable[2] })
      at += variable[0].length
    } else {
      if (wildcards && character === '*') end(STAR)
      else if (wildcards && character === '?') end(ANY)
      else plain += character
      at++
    }
  }
  if (plain !== '') parts.push(plain)
  return parts
}

/** The parts with the values of their variables; `undefined` when one has none. A key of several values has no one value. */
function resolve (parts: readonly Part[], key: KeyValues): Exclude<Part, Variable>[] | undefined {
  const resolved: Exclude<Part, Variable>[] = []
  for (const part of parts) {
    if (!isVariable(part)) {
      resolved.push(part)
      continue
    }
    const value = key(part.name)
    const text = typeof value === 'string' ? value : part.fallback
    if (text === undefined) return undefined
    resolved.push(text)
  }
  return resolved
}

/** The parts of an ARN. */
const ARN_PARTS = 6

/**
 * Compiles a pattern for ARNs: each of the six parts between colons is compared by itself, so that a wildcard does not
 * reach into the next one; only the last part, the resource, may have colons of its own. `*` fits everything. A pattern
 * of fewer parts fits if it ends in a star, which then stands for the parts that are missing.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function compileArnPattern (text: string, options: Omit<PatternOptions, 'wildcards'>): Pattern {
  if (text === '*') return () => true
  const split = splitArn(text, options.variables)
  if (split.length < ARN_PARTS && !text.endsWith('*')) return () => false
  // One comparison does for an ARN without wildcards or variables before its last part.
  if (!split.slice(0, -1).some((part) => /[*?$]/.test(part))) return compilePattern(text, options)
  const patterns = split.map((part) => compilePattern(part, options))
  return (value, key) => {
    const parts = splitArn(value, false, split.length)
    return parts.length === split.length && patterns.every((pattern, index) => pattern(parts[index]!, key))
  }
}

/** The parts between the first colons that are in no variable. */
function splitArn (text: string, variables: boolean, count = ARN_PARTS): string[] {
  const parts: string[] = []
  let start = 0
  let inVariable = false
  for (let at = 0; at < text.length && parts.length < count - 1; at++) {
    if (variables && text.startsWith('${', at)) inVariable = true
    else if (text[at] === '}') inVariable = false
    else if (text[at] === ':' && !inVariable) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}
