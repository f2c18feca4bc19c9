import { validation } from '../errors.ts'
import type { Limits } from '../limits.ts'

const EXPRESSIONS = ['UpdateExpression', 'ConditionExpression', 'KeyConditionExpression', 'FilterExpression', 'ProjectionExpression']

/**
 * Refuses an expression that dynalite's parsers should not see: they take twice as long for each further pair of
 * nested parentheses, so that a line of them would hold the event loop for minutes.
 * @throws ValidationException
 */
export function checkExpressionBounds (input: object, { expressionBytes, expressionNesting }: Limits): void {
  const given = input as Record<string, unknown> // only looked up in
  for (const name of EXPRESSIONS) {
    const expression = given[name]
    if (typeof expression !== 'string') continue
    const bytes = Buffer.byteLength(expression)
    if (bytes > expressionBytes) {
      throw validation(`Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${bytes}`)
    }
    if (nesting(expression) > expressionNesting) {
      throw validation(`Invalid ${name}: The expression is nested more than ${expressionNesting} deep, which this emulator does not take`)
    }
  }
}

function nesting (expression: string): number {
  let depth = 0
  let deepest = 0
  for (const character of expression) {
    if (character === '(') deepest = Math.max(deepest, ++depth)
    else if (character === ')') depth--
  }
  return deepest
}
