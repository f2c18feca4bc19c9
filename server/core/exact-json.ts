import { NumberValue } from '@aws-sdk/lib-dynamodb'
import { isSafeNumber, parse, splitNumber, stringify } from 'lossless-json'
import type { Fault } from './errors.ts'

/** A number as it was written: a double if it keeps all digits, else the digits themselves. */
export type ExactNumber = number | NumberValue

/** The number of digits that DynamoDB keeps. */
const MOST_DIGITS = 38
/** DynamoDB's numbers go from 1E-130 to 9.99...E+125. */
const LEAST_EXPONENT = -130
const MOST_EXPONENT = 125
const LEAST = 1e-130
const BEYOND = 1e126

/** A double represents any number with this many digits. */
const HELD_DIGITS = 15

/** A number of more digits, or with a power of ten. */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE]/

/** Parses a number of JSON or of DynamoDB. */
export function readNumber (text: string): ExactNumber {
  const number = Number(text)
  // Matches most numbers; isSafeNumber() would give the same result, but takes longer than reading the rest of an item.
  if (isShort(text) || (String(number) === text && Math.abs(number) <= Number.MAX_SAFE_INTEGER)) return number
  return isSafeNumber(text) ? number : new NumberValue(text)
}

/** Without an exponent, so few digits are exact, and are valid for the SDK. */
const isShort = (text: string) => text.length <= HELD_DIGITS && !text.includes('e') && !text.includes('E')

/** Whether JSON may contain numbers that `JSON.parse` would change. Fast; `true` may be a false alarm. */
export const mayBeInexact = (json: string): boolean => MAY_BE_INEXACT.test(json)

/**
 * Parses JSON like `JSON.parse`, but keeps numbers that a double cannot represent.
 * @throws SyntaxError it is not JSON; RangeError it is nested some thousand levels deep
 */
export function parseExactly (json: string): unknown {
  if (!mayBeInexact(json)) return JSON.parse(json)
  return parse(json, undefined, { parseNumber: readNumber, onDuplicateKey: ({ newValue }) => newValue })
}

/** Writes what {@link parseExactly} reads. */
export function writeExactly (value: unknown): string {
  return holdsDigits(value) ? stringify(value, undefined, undefined, [DIGITS])! : JSON.stringify(value) // a value has a text
}

const isDigits = (value: unknown): value is NumberValue => value instanceof NumberValue
const DIGITS = { test: isDigits, stringify: (value: unknown) => (value as NumberValue).value } // asked only of those that pass the test

function holdsDigits (value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isDigits(value)) return true
  return Array.isArray(value) ? value.some(holdsDigits) : Object.values(value).some(holdsDigits)
}

/** The numbers in lists and objects that DynamoDB would not keep exactly. */
export function numberFaults (value: unknown, path: string): Fault[] {
  // Paths are only built if there is something to report.
  if (isKept(value)) return []
  if (typeof value === 'number' || isDigits(value)) return [{ path, reason: digitsOf(value) > MOST_DIGITS ? TOO_MANY_DIGITS : OUT_OF_RANGE }]
  return Object.entries(value as object).flatMap(([name, one]) => numberFaults(one, `${path}.${name}`)) // nothing else is not kept
}

const TOO_MANY_DIGITS = `must have at most ${MOST_DIGITS} significant digits`
const OUT_OF_RANGE = 'must be 0, or from 1e-130 to 9.9e125 without its sign'

const digitsOf = (number: ExactNumber): number => splitNumber(String(number)).digits.length

function isKept (value: unknown): boolean {
  if (typeof value === 'number') return value === 0 || (Math.abs(value) >= LEAST && Math.abs(value) < BEYOND)
  if (typeof value !== 'object' || value === null) return true
  if (!isDigits(value)) return Array.isArray(value) ? value.every(isKept) : Object.values(value).every(isKept)
  const { digits, exponent } = splitNumber(value.value)
  return digits.length <= MOST_DIGITS && exponent >= LEAST_EXPONENT && exponent <= MOST_EXPONENT
}
