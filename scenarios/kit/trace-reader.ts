import type { TracedCall } from '../../emulator/core/traced-call.ts'

/** Finds the AWS calls that one API request made. */
export interface TraceReader {
  callsOf (requestId: string): Promise<TracedCall[]>
}

/** Reads the trace from an emulator's control API. */
export function createTraceReader (emulatorUrl: string): TraceReader {
  return {
    async callsOf (requestId) {
      const url = new URL('/_sandtable/trace', emulatorUrl)
      url.searchParams.set('causedBy', requestId)
      const response = await fetch(url)
      if (!response.ok) throw new Error(`${url.href} answered ${response.status}`)
      const { calls } = await response.json() as { calls: TracedCall[] } // the control API's own answer
      return calls
    },
  }
}
