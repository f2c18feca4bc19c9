/** A route that sends a fixed answer to every request. */
export interface BareRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With parameters, such as `/api/registrations/:userId/face`. */
  url: string
  status: number
  contentType: string
  body: string
}

/** What the parent asks of a process under test. */
export type Ask =
  | { ask: 'start', serve: { kind: 'api', settings: Record<string, string> } | { kind: 'bare', routes: BareRoute[] } }
  | { ask: 'usage' }
  | { ask: 'stop' }

/** Where a process under test listens. */
export interface Addresses { url: string, emulatorUrl?: string }

/** The resources that a process under test has used so far. */
export interface ProcessUsage {
  /** User and system time. */
  cpuMs: number
  residentBytes: number
}

/** The answer to each question. */
export interface Answers { start: Addresses, usage: ProcessUsage, stop: object }

/** A message of a process under test: the answer, or an error. */
export type Reply = { answer: Answers[keyof Answers] } | { error: string }
