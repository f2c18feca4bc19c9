import { readFile, writeFile } from 'node:fs/promises'
import type { TracedCall } from '../../emulator/core/traced-call.ts'
import type { ExpectedCall } from './expected-calls.ts'

/** The AWS calls that a scenario's requests made when it was recorded: a list for each `expectCalls` that has none of its own. */
export class RecordedCalls {
  readonly #file: string
  readonly #isRecording: boolean
  readonly #lists: ExpectedCall[][] = []
  #read: ExpectedCall[][] | undefined
  #next = 0

  /**
   * @param options.scenarioFile  the calls are beside it: `put-note.mjs` has `put-note.calls.json`
   * @param options.isRecording   write the calls, rather than compare with them
   */
  constructor ({ scenarioFile, isRecording }: { scenarioFile: string, isRecording: boolean }) {
    this.#file = scenarioFile.replace(/\.\w+$/, '.calls.json')
    this.#isRecording = isRecording
  }

  /**
   * The calls that the next request should make: when recording, those that it has made.
   *
   * @throws when nothing was recorded
   */
  async next (calls: readonly TracedCall[]): Promise<ExpectedCall[]> {
    if (this.#isRecording) {
      const list = calls.map(expectedOf)
      this.#lists.push(list)
      return list
    }
    this.#read ??= await this.#load()
    const list = this.#read[this.#next++]
    if (!list) throw new Error(`${this.#file} has no calls of request ${this.#next}: run the scenario with --record`)
    return list
  }

  /** Writes what was recorded. */
  async save (): Promise<void> {
    if (this.#isRecording && this.#lists.length > 0) await writeFile(this.#file, `${JSON.stringify(this.#lists, null, 2)}\n`)
  }

  async #load (): Promise<ExpectedCall[][]> {
    const text = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      throw new Error(`There is no ${this.#file}: run the scenario with --record`, { cause: error })
    })
    return JSON.parse(text) as ExpectedCall[][] // as it was written above
  }
}

function expectedOf ({ service, operation, resource, index, readUnits, writeUnits, result }: TracedCall): ExpectedCall {
  return {
    service: service as ExpectedCall['service'], // compared as text
    operation,
    ...service === 'dynamodb' && resource !== undefined && { table: resource.split(',') },
    index,
    readUnits,
    writeUnits,
    result,
  }
}
