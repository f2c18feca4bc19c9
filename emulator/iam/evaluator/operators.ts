import ipaddr from 'ipaddr.js'
import { compileArnPattern, compilePattern } from './pattern.ts'
import type { KeyValues } from './request.ts'

/** Whether one value of a request fits one value of a policy. */
export type Comparison = (value: string, key: KeyValues) => boolean

/** A condition operator in its positive form: it compiles one value of a policy. */
type Operator = (wanted: string, variables: boolean) => Comparison

/** Text in which only variables stand for something else; most operators compare what it stands for. */
const plain = (compare: (value: string, wanted: string) => boolean): Operator => (wanted, variables) => {
  if (!variables || !wanted.includes('${')) return (value) => compare(value, wanted)
  return (value, key) => {
    const resolved = substitute(wanted, key)
    return resolved !== undefined && compare(value, resolved)
  }
}

const VARIABLES = /\$\{\s*([^,}]*?)\s*(?:,\s*'([^']*)'\s*)?\}/g

/** Text with the values of its variables; `undefined` when one has none. */
function substitute (text: string, key: KeyValues): string | undefined {
  let whole = true
  const substituted = text.replace(VARIABLES, (_, name: string, fallback?: string) => {
    if (name === '*' || name === '?' || name === '$') return name
    const value = key(name.toLowerCase())
    const given = typeof value === 'string' ? value : fallback
    if (given === undefined) whole = false
    return given ?? ''
  })
  return whole ? substituted : undefined
}

const numeric = (compare: (value: number, wanted: number) => boolean): Operator => plain((value, wanted) => {
  const [one, other] = [numberOf(value), numberOf(wanted)]
  return one !== undefined && other !== undefined && compare(one, other)
})

function numberOf (text: string): number | undefined {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : undefined
}

const date = (compare: (value: number, wanted: number) => boolean): Operator => plain((value, wanted) => {
  const [one, other] = [timeOf(value), timeOf(wanted)]
  return one !== undefined && other !== undefined && compare(one, other)
})

/** ISO 8601 as the W3C has it, or epoch seconds. A time without a zone is UTC. */
function timeOf (text: string): number | undefined {
  const trimmed = text.trim()
  if (/^-?\d+(\.\d+)?$/.test(trimmed) && !/^\d{4}$/.test(trimmed)) return Number(trimmed) * 1000
  if (!/^\d{4}(-\d\d(-\d\d)?)?(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i.test(trimmed)) return undefined
  const time = Date.parse(/T/i.test(trimmed) && !/(Z|[+-]\d\d:?\d\d)$/i.test(trimmed) ? `${trimmed}Z` : trimmed)
  return Number.isNaN(time) ? undefined : time
}

const bool = plain((value, wanted) => value.toLowerCase() === wanted.toLowerCase())

const binary = plain((value, wanted) => Buffer.from(value, 'base64').equals(Buffer.from(wanted, 'base64')))

/** An address, or a range in CIDR notation. */
const ip = plain((value, wanted) => {
  if (!ipaddr.isValid(value)) return false
  const address = ipaddr.process(value)
  const [base = '', prefix] = wanted.split('/')
  // The library also reads short and octal forms of IPv4, which policies do not have.
  if (!(base.includes(':') ? ipaddr.IPv6.isValid(base) : ipaddr.IPv4.isValidFourPartDecimal(base))) return false
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return false
  const range = ipaddr.parse(base)
  if (range.kind() !== address.kind()) return false
  const bits = prefix === undefined ? (range.kind() === 'ipv4' ? 32 : 128) : Number(prefix)
  if (bits > (range.kind() === 'ipv4' ? 32 : 128)) return false
  return address.match(range, bits)
})

const arn: Operator = (wanted, variables) => compileArnPattern(wanted, { variables })

const like: Operator = (wanted, variables) => compilePattern(wanted, { variables })

/** The condition operators of the policy language; a negated one is true when the positive one is not. `Null` is apart. */
export const OPERATORS: Readonly<Record<string, { compile: Operator, negated: boolean }>> = {
  StringEquals: { compile: plain((value, wanted) => value === wanted), negated: false },
  StringNotEquals: { compile: plain((value, wanted) => value === wanted), negated: true },
  StringEqualsIgnoreCase: { compile: plain((value, wanted) => value.toLowerCase() === wanted.toLowerCase()), negated: false },
  StringNotEqualsIgnoreCase: { compile: plain((value, wanted) => value.toLowerCase() === wanted.toLowerCase()), negated: true },
  StringLike: { compile: like, negated: false },
  StringNotLike: { compile: like, negated: true },
  NumericEquals: { compile: numeric((value, wanted) => value === wanted), negated: false },
  NumericNotEquals: { compile: numeric((value, wanted) => value === wanted), negated: true },
  NumericLessThan: { compile: numeric((value, wanted) => value < wanted), negated: false },
  NumericLessThanEquals: { compile: numeric((value, wanted) => value <= wanted), negated: false },
  NumericGreaterThan: { compile: numeric((value, wanted) => value > wanted), negated: false },
  NumericGreaterThanEquals: { compile: numeric((value, wanted) => value >= wanted), negated: false },
  DateEquals: { compile: date((value, wanted) => value === wanted), negated: false },
  DateNotEquals: { compile: date((value, wanted) => value === wanted), negated: true },
  DateLessThan: { compile: date((value, wanted) => value < wanted), negated: false },
  DateLessThanEquals: { compile: date((value, wanted) => value <= wanted), negated: false },
  DateGreaterThan: { compile: date((value, wanted) => value > wanted), negated: false },
  DateGreaterThanEquals: { compile: date((value, wanted) => value >= wanted), negated: false },
  Bool: { compile: bool, negated: false },
  BinaryEquals: { compile: binary, negated: false },
  IpAddress: { compile: ip, negated: false },
  NotIpAddress: { compile: ip, negated: true },
  ArnEquals: { compile: arn, negated: false },
  ArnNotEquals: { compile: arn, negated: true },
  ArnLike: { compile: arn, negated: false },
  ArnNotLike: { compile: arn, negated: true },
}
