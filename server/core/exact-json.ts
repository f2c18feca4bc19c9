import { NumberValue } from '@aws-sdk/lib-dynamodb'
import { isSafeNumber, parse, splitNumber, stringify } from 'lossless-json'

/** A number as it was written: a double where one holds it with all its digits, else the digits themselves. */
export type ExactNumber = number | NumberValue

/** Digits that DynamoDB keeps of a number. */
const MOST_DIGITS = 38
/** DynamoDB's numbers go from 1E-130 to 9.99...E+125. */
const LEAST_EXPONENT = -130
const MOST_EXPONENT = 125

/** A double holds 15 digits of anything without a power of ten. */
const SAFE_LENGTH = 16
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE]/

/** Reads a number of JSON or of DynamoDB. */
export function readNumber (text: string): ExactNumber {
  if ((text.length < SAFE_LENGTH && !/e/i.test(text)) || isSafeNumber(text)) return Number(text)
  return new NumberValue(text)
}

/** Whether JSON may hold numbers that `JSON.parse` would change. Quick; `true` may be a false alarm. */
export const mayBeInexact = (json: string): boolean => MAY_BE_INEXACT.test(json)

/**
 * Reads JSON as `JSON.parse` does, but for numbers that a double does not hold.
 *
 * @throws SyntaxError it is no JSON; RangeError it is nested some thousand levels deep
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

/** Why DynamoDB would not keep the number as it is; `undefined` when it would. */
export function numberFault (number: ExactNumber): string | undefined {
  const { digits, exponent } = splitNumber(String(number))
  if (digits.length > MOST_DIGITS) return `must have at most ${MOST_DIGITS} significant digits`
  if (digits !== '0' && (exponent < LEAST_EXPONENT || exponent > MOST_EXPONENT)) return 'must be 0, or from 1e-130 to 9.9e125 without its sign'
  return undefined
}

/** What {@link walk} comes by: a value that is no list and no object, and where it is. */
type Visit = (value: unknown, path: string) => void

/** Visits every value in lists and objects, with its path. */
export function walk (value: unknown, path: string, visit: Visit): void {
  if (typeof value !== 'object' || value === null || isDigits(value)) visit(value, path)
  else if (Array.isArray(value)) value.forEach((one, index) => walk(one, `${path}.${index}`, visit))
  else for (const [name, one] of Object.entries(value)) walk(one, `${path}.${name}`, visit)
}

/** Is it a number, in either form? */
export const isExactNumber = (value: unknown): value is ExactNumber => typeof value === 'number' || isDigits(value)
