/** A number in DynamoDB's form: an integer times a power of ten, exact. Zero has the exponent 0. */
export interface Decimal { digits: bigint, exponent: number }

/** The range of DynamoDB's numbers. Source: "Supported data types and naming rules" (developer guide). */
const SIGNIFICANT_DIGITS = 38
const GREATEST_MAGNITUDE = 125
const SMALLEST_MAGNITUDE = -130

/** An exponent beyond a 64-bit integer is invalid. */
const GREATEST_EXPONENT = 2n ** 63n - 1n

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

export const OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
export const UNDERFLOW = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'
export const TOO_PRECISE = 'Attempting to store more than 38 significant digits in a Number'

export const NO_NUMBER = 'The parameter cannot be converted to a numeric value'

/** A number's text as a decimal, or AWS's message for an error in it. */
export function parseNumber (text: string): Decimal | string {
  const match = NUMBER.exec(text)
  if (!match || !(match[2] || match[3])) return `${NO_NUMBER}: ${text}`
  const [, sign, whole = '', fraction = '', power = '0'] = match
  if (power.length > 18 && !isExponent(power)) return `${NO_NUMBER}: ${text}`
  const all = (whole + fraction).replace(/^0+/, '')
  const significant = all.replace(/0+$/, '')
  // Zero has the magnitude of the exponent that it is written with.
  const magnitude = Number(power) + (significant === '' ? 0 : all.length - fraction.length - 1)
  if (magnitude > GREATEST_MAGNITUDE) return OVERFLOW
  if (magnitude < SMALLEST_MAGNITUDE) return UNDERFLOW
  if (significant === '') return { digits: 0n, exponent: 0 }
  if (significant.length > SIGNIFICANT_DIGITS) return TOO_PRECISE
  return { digits: BigInt(sign === '-' ? `-${significant}` : significant), exponent: magnitude - significant.length + 1 }
}

function isExponent (power: string): boolean {
  const value = BigInt(power.replace('+', ''))
  return value <= GREATEST_EXPONENT && value >= -GREATEST_EXPONENT - 1n
}

/** A number that has been stored, and so is valid. */
export function storedNumber (text: string): Decimal {
  const number = parseNumber(text)
  if (typeof number === 'string') throw new TypeError(`${text} is not a DynamoDB number`)
  return number
}

/** As DynamoDB returns it: without an exponent, and without redundant zeros. */
export function formatNumber ({ digits, exponent }: Decimal): string {
  const sign = digits < 0n ? '-' : ''
  const text = String(digits < 0n ? -digits : digits)
  if (exponent >= 0) return sign + text + '0'.repeat(exponent)
  const point = text.length + exponent
  return point > 0 ? `${sign}${text.slice(0, point)}.${text.slice(point)}` : `${sign}0.${'0'.repeat(-point)}${text}`
}

/** The exact sum, or AWS's message for an error. A sum with too many digits also gets the message for an overflow. */
export function addNumbers (one: Decimal, other: Decimal): Decimal | string {
  const [left, right, exponent] = aligned(one, other)
  const text = formatNumber({ digits: left + right, exponent })
  const sum = parseNumber(text)
  return sum === TOO_PRECISE ? OVERFLOW : sum
}

export function negated ({ digits, exponent }: Decimal): Decimal {
  return { digits: -digits, exponent }
}

/** Negative, zero or positive. */
export function compareNumbers (one: Decimal, other: Decimal): number {
  const [left, right] = aligned(one, other)
  return left < right ? -1 : left > right ? 1 : 0
}

function aligned (one: Decimal, other: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(one.exponent, other.exponent)
  const scaled = (number: Decimal) => number.digits * 10n ** BigInt(number.exponent - exponent)
  return [scaled(one), scaled(other), exponent]
}
