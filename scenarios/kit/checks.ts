import assert from 'node:assert/strict'
import type { Answer, RawResponse } from './api-client.ts'

export interface CheckResult {
  what: string
  /** `not checked`: this target gives no way to check it. That is not a pass. */
  outcome: 'passed' | 'failed' | 'not checked'
  /** Of a failed check: what was found and what was wanted. */
  detail?: string
}

/** Collects what a scenario checks. After a failed check the scenario continues. */
export class Checks {
  readonly results: CheckResult[] = []

  /** The two are deeply equal. */
  equal<T> (actual: T, expected: T, what: string): void {
    try {
      assert.deepStrictEqual(actual, expected)
      this.pass(what)
    } catch (error) {
      this.fail(what, (error as assert.AssertionError).message) // deepStrictEqual throws nothing else
    }
  }

  /** Each of the expected members is there, and deeply equal; others may be there too. */
  match (actual: object | undefined, expected: object, what: string): void {
    const members = Object.entries(actual ?? {}).filter(([name]) => name in expected)
    this.equal(Object.fromEntries(members), { ...expected }, what)
  }

  ok (value: boolean, what: string): void {
    this.equal(value, true, what)
  }

  /** The answer has this status; if not, its message is reported. */
  status (response: Pick<RawResponse, 'method' | 'path' | 'status'> & { body?: Answer<unknown>, text?: string }, expected: number): void {
    const what = `${response.method} ${response.path} answers ${expected}`
    if (response.status === expected) this.pass(what)
    else this.fail(what, `it answered ${response.status}: ${response.body?.message ?? response.text?.slice(0, 200) ?? ''}`)
  }

  fail (what: string, detail: string): void {
    this.results.push({ what, outcome: 'failed', detail })
  }

  pass (what: string): void {
    this.results.push({ what, outcome: 'passed' })
  }

  notChecked (what: string): void {
    this.results.push({ what, outcome: 'not checked' })
  }
}
