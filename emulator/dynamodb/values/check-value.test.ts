import fc from 'fast-check'
import { test } from 'tap'
import { faultOf } from './check-value.ts'
import { formatNumber, storedNumber } from './decimal.ts'

const stored = (text: string): string => {
  const value = { N: text }
  const fault = faultOf(value, { nestingLevels: 32 })
  if (fault !== undefined) throw new Error(fault)
  return value.N
}

test('a number is stored in DynamoDB\'s form, however it was written', async (t) => {
  const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(...'0001234567890'), maxLength })
  const text = fc.tuple(fc.constantFrom('', '-', '+'), digits(18), fc.constantFrom('', '.'), digits(18), fc.constantFrom('', 'e0', 'E-3'))
    .map(([sign, whole, point, fraction, power]) => `${sign}${whole}0${point}${point && fraction}${power}`)
  fc.assert(fc.property(text, (text) => stored(text) === formatNumber(storedNumber(text))), { numRuns: 2000, seed: 1 })
  for (const [written, kept] of [['0.5', '0.5'], ['-0.5', '-0.5'], ['00.5', '0.5'], ['1.50', '1.5'], ['-0.0', '0'], ['.5', '0.5'], ['123.456', '123.456']] as const) {
    t.equal(stored(written), kept, written)
  }
})
