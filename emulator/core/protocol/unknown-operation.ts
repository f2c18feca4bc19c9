import type { Context } from '../context.ts'
import type { Environment, Origin } from '../service.ts'

/** AWS's answer names no operation: the log and the trace name it, and say where gaps are listed. */
export function reportUnknown (service: string, name: string, ctx: Context, { trace, warn }: Pick<Environment, 'trace' | 'warn'>, { causedBy }: Origin): void {
  const { requestId, account, region, startedAt, notes } = ctx
  const operation = /^\w{1,100}$/.test(name) ? name : 'unknown'
  notes.reason = `${service} operation ${operation} is not emulated; emulator/${service}/GAPS.md lists what is missing`
  trace.add({ requestId, causedBy, service, operation, account, region, startedAt, durationMs: 0, result: 'UnknownOperationException', notes })
  warn(notes.reason)
}
