import { FUNCTIONS, isFunction } from './functions.ts'
import { BadExpression, type Expression, type Operator } from './parse.ts'
import { isList, isSeries, seriesOf, type Series, type Value } from './series.ts'

/** Where an expression finds what it names. */
export interface Scope {
  /** What has an id: throws {@link BadExpression} when nothing has. */
  find (id: string): readonly Series[] | Series
  /** The metrics of the request, by their ids. */
  metrics (): readonly { id: string, series: Series }[]
  /** The times at which a series of this period (seconds) can have values. */
  times (period: number): number[]
}

/** @throws {@link BadExpression} */
export function evaluate (expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'number': return expression.value
    case 'string': return expression.value
    case 'id': return scope.find(expression.name)
    case 'list': return expression.of.flatMap((member) => seriesIn(evaluate(member, scope), 'A list'))
    case 'negate': return operate('*', evaluate(expression.of, scope), -1)
    case 'operation': return operate(expression.operator, evaluate(expression.left, scope), evaluate(expression.right, scope))
    case 'call': {
      const name = expression.name.toUpperCase()
      if (!isFunction(name)) throw new BadExpression(`Sandtable does not emulate the function ${expression.name}`)
      // A parameter that is not metric math by itself, such as REPEAT, is named by a word.
      const given = expression.of.map((parameter) => parameter.kind === 'id' && WORDS.has(parameter.name) ? parameter.name : evaluate(parameter, scope))
      return FUNCTIONS[name](given, scope)
    }
  }
}

const WORDS = new Set(['REPEAT', 'LINEAR'])

function seriesIn (value: Value, what: string): readonly Series[] {
  if (isList(value)) return value
  if (!isSeries(value)) throw new BadExpression(`${what} takes time series`)
  return [value]
}

const COMPUTE: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '<': (left, right) => Number(left < right),
  '>': (left, right) => Number(left > right),
  '<=': (left, right) => Number(left <= right),
  '>=': (left, right) => Number(left >= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
}

/** Applies an operator; a time at which one side has no value gets none. */
function operate (operator: Operator, left: Value, right: Value): Value {
  const compute = COMPUTE[operator]
  if (typeof left === 'string' || typeof right === 'string') throw new BadExpression(`The operator ${operator} takes no text`)
  if (typeof left === 'number' && typeof right === 'number') return compute(left, right)
  if (isList(left)) return left.map((one) => only(operate(operator, one, right)))
  if (isList(right)) return right.map((one) => only(operate(operator, left, one)))
  if (typeof left === 'number') return mapped(right as Series, (value) => compute(left, value)) // the two numbers are done above
  if (typeof right === 'number') return mapped(left, (value) => compute(value, right))
  const other = right
  return seriesOf([...left.values].map(([at, value]) => {
    const second = other.values.get(at)
    return [at, second === undefined ? undefined : compute(value, second)]
  }), left)
}

/** An operator on a series and a series or a number gives a series. */
function only (value: Value): Series {
  if (!isSeries(value)) throw new BadExpression('Two lists of time series cannot be combined')
  return value
}

function mapped (series: Series, change: (value: number) => number): Series {
  return seriesOf([...series.values].map(([at, value]) => [at, change(value)]), series)
}
