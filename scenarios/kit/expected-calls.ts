import type { TracedCall } from '../../emulator/core/traced-call.ts'
import type { tableNames } from '../../server/tables.ts'

/** The tables by the names that the features have for them, each with its name in the store. */
export type Tables = ReturnType<typeof tableNames>
export type TableName = keyof Tables
/** A table of the API's by that name, or any table by its name in the store. */
export type AnyTable = TableName | (string & {})

/** One AWS call that an API request promises to make, and what it may cost. */
export interface ExpectedCall {
  service: 'dynamodb' | 'rekognition' | 's3'
  /** AWS's name, such as `GetItem`. */
  operation: string
  /** The table; several for a transaction. */
  table?: AnyTable | readonly AnyTable[]
  index?: string
  /** Default 0. */
  readUnits?: number
  /** Default 0; those of indexes count too. */
  writeUnits?: number
  /** `ok`, or the error's code. Default `ok`. */
  result?: string
}

export interface Comparison {
  matches: boolean
  /** One line a call: `  ` as promised, `+ ` made but not promised, `- ` promised but not made. */
  diff: string
}

/** Holds the calls of one request against the promised ones, whatever their order. */
export function compareCalls (expected: readonly ExpectedCall[], actual: readonly TracedCall[], tables: Tables): Comparison {
  const missing = expected.map((call) => describeExpected(call, tables))
  const lines = actual.map((call) => {
    const line = describeTraced(call)
    const index = missing.indexOf(line)
    if (index < 0) return `+ ${line}`
    missing.splice(index, 1)
    return `  ${line}`
  })
  const diff = [...lines, ...missing.map((line) => `- ${line}`)]
  return { matches: diff.every((line) => line.startsWith(' ')), diff: diff.join('\n') }
}

function describeExpected ({ service, operation, table = [], index, readUnits = 0, writeUnits = 0, result = 'ok' }: ExpectedCall, tables: Tables): string {
  const resource = [table].flat().map((name) => (tables as Readonly<Record<string, string>>)[name] ?? name).sort().join(',')
  return describe({ service, operation, resource, index, readUnits, writeUnits, result })
}

function describeTraced ({ service, operation, resource = '', index, readUnits, writeUnits, result }: TracedCall): string {
  // Only tables are promised by name: a bucket or a picture differs with every run.
  const shown = service === 'dynamodb' ? resource.split(',').sort().join(',') : ''
  return describe({ service, operation, resource: shown, index, readUnits, writeUnits, result })
}

type Described = Pick<TracedCall, 'service' | 'operation' | 'index' | 'readUnits' | 'writeUnits' | 'result'> & { resource: string }

function describe ({ service, operation, resource, index, readUnits, writeUnits, result }: Described): string {
  const where = index === undefined ? resource : `${resource}/${index}`
  const units = service === 'dynamodb' ? `${readUnits} RCU, ${writeUnits} WCU` : ''
  return [service, operation, where, units, result === 'ok' ? '' : result].filter((part) => part !== '').join('  ')
}
