import type { ApiClient, RawResponse } from './api-client.ts'
import type { Caller, Who } from './callers.ts'
import type { Checks } from './checks.ts'
import type { EmulatorAccess } from './emulator-access.ts'
import type { ExpectedCall, Tables } from './expected-calls.ts'
import type { Given } from './given.ts'

/** What a scenario is run with. */
export interface ScenarioContext {
  /** The API, over HTTP. */
  api: ApiClient
  /** Makes what must be there before: users, events, registrations, pictures. Throws when it cannot. */
  given: Given
  check: Checks
  /** A new user with a token, for routes that answer for "me". Skips the scenario if no token can be had. */
  caller: (who?: Who) => Promise<Caller>
  /**
   * Holds the AWS calls that one API request made against the promised ones, with the units they used. The requests
   * given to it are the ones that the report measures. Without a trace this check counts as not checked.
   * Without a list they are those that were recorded with `--record`.
   */
  expectCalls: (response: Omit<RawResponse, 'text'>, calls?: readonly ExpectedCall[]) => Promise<void>
  /** The emulator behind the API. A scenario that asks for it is skipped, in words, where there is none. */
  readonly emulator: EmulatorAccess
  /** The names of the tables in the store. */
  tables: Tables
}

export interface ScenarioDefinition {
  /** The seed document that the access pattern comes from, such as `001`. */
  seed: string
  /** The access pattern, by the name that the feature's repository gives it. */
  pattern: string
  /** Settings that the server must have. The scenario then runs on a kit of its own: its own clock, empty tables. */
  environment?: Readonly<Record<string, string>>
  run (context: ScenarioContext): Promise<void>
}

export interface Scenario extends ScenarioDefinition {
  title: string
}

/** An access pattern, replayed over HTTP, and what it may cost. One file each, as its default export. */
export function scenario (title: string, definition: ScenarioDefinition): Scenario {
  return { title, ...definition }
}
