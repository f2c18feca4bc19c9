import type { StateValue } from '../shapes.ts'

/** A rule of a composite alarm, parsed. */
export type AlarmRule =
  | { kind: 'constant', value: boolean }
  | { kind: 'state', state: StateValue, alarm: string }
  | { kind: 'not', of: AlarmRule }
  | { kind: 'and' | 'or', left: AlarmRule, right: AlarmRule }

export class BadRule extends Error {}

const TOKEN = /\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s()"']+))/y
const STATES: Readonly<Record<string, StateValue>> = { ALARM: 'ALARM', OK: 'OK', INSUFFICIENT_DATA: 'INSUFFICIENT_DATA' }

/** Of parentheses. */
const DEEPEST = 100

/**
 * Parses `ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA("arn:..."))`. NOT binds tightest, then AND.
 * @throws {@link BadRule}
 */
export function parseRule (text: string): AlarmRule {
  const tokens = tokensOf(text)
  let at = 0
  let depth = 0
  const take = (token: string): boolean => {
    if (tokens[at]?.text !== token || tokens[at]?.quoted) return false
    at++
    return true
  }
  const or = (): AlarmRule => {
    let left = and()
    while (take('OR')) left = { kind: 'or', left, right: and() }
    return left
  }
  const and = (): AlarmRule => {
    let left = operand()
    while (take('AND')) left = { kind: 'and', left, right: operand() }
    return left
  }
  const operand = (): AlarmRule => {
    if (++depth > DEEPEST) throw new BadRule('it is nested too deeply')
    try {
      if (take('NOT')) return { kind: 'not', of: operand() }
      if (take('TRUE')) return { kind: 'constant', value: true }
      if (take('FALSE')) return { kind: 'constant', value: false }
      if (take('(')) {
        const inner = or()
        if (!take(')')) throw new BadRule('")" is missing')
        return inner
      }
      return stateOf()
    } finally {
      depth--
    }
  }
  const stateOf = (): AlarmRule => {
    const state = STATES[tokens[at]?.text ?? '']
    const name = tokens[at + 2]
    if (!state || tokens[at + 1]?.text !== '(' || !name || tokens[at + 3]?.text !== ')') throw new BadRule(`it is not understood at ${JSON.stringify(tokens[at]?.text ?? 'its end')}`)
    at += 4
    return { kind: 'state', state, alarm: name.text.startsWith('arn:') ? name.text.split(':').slice(6).join(':') : name.text }
  }
  const rule = or()
  if (at < tokens.length) throw new BadRule(`it is not understood at ${JSON.stringify(tokens[at]!.text)}`)
  return rule
}

function tokensOf (text: string): { text: string, quoted: boolean }[] {
  const tokens: { text: string, quoted: boolean }[] = []
  const source = text.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source)
    if (!match) throw new BadRule('a quotation mark is missing')
    const [, open, close, double, single, word] = match
    const quoted = double ?? single
    tokens.push(quoted === undefined ? { text: open ?? close ?? word ?? '', quoted: false } : { text: quoted.replace(/\\(.)/g, '$1'), quoted: true })
  }
  return tokens
}

/** The alarms that a rule names. */
export function alarmsIn (rule: AlarmRule): string[] {
  switch (rule.kind) {
    case 'constant': return []
    case 'state': return [rule.alarm]
    case 'not': return alarmsIn(rule.of)
    default: return [...alarmsIn(rule.left), ...alarmsIn(rule.right)]
  }
}

/** Whether a rule holds; an alarm that is not there is in no state. */
export function holds (rule: AlarmRule, stateOf: (alarm: string) => StateValue | undefined): boolean {
  switch (rule.kind) {
    case 'constant': return rule.value
    case 'state': return stateOf(rule.alarm) === rule.state
    case 'not': return !holds(rule.of, stateOf)
    case 'and': return holds(rule.left, stateOf) && holds(rule.right, stateOf)
    case 'or': return holds(rule.left, stateOf) || holds(rule.right, stateOf)
  }
}
