import { validation } from '../errors.ts'

/** `OnDemandThroughput`: what a table or an index on demand may use at most, a second. */
export interface MaxUnits { MaxReadRequestUnits?: number, MaxWriteRequestUnits?: number }

const MEMBERS = ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const

/**
 * @param options.index    whose maximum it is, when it is not the table's
 * @param options.removes  whether -1 removes a maximum
 * @throws ValidationException
 */
export function checkMaxUnits (given: MaxUnits | undefined, { mode, index, removes = false }: { mode: string, index?: string, removes?: boolean }): void {
  for (const name of MEMBERS) {
    const units = given?.[name]
    if (units === undefined) continue
    const prefix = 'One or more parameter values were invalid: '
    const whose = index === undefined ? 'table' : `index : ${index}`
    if (mode !== 'PAY_PER_REQUEST') {
      throw validation(`${prefix}${name} for OnDemandThroughput ${index === undefined ? '' : `for ${whose} `}cannot be specified when the table BillingMode is PROVISIONED`)
    }
    if (units < 1 && !(removes && units === -1)) throw validation(`${prefix}Requested ${name} for OnDemandThroughput for ${whose} is outside of valid range`)
  }
}

/** The maximum after a change; -1 removes one, and what is not given stays. */
export function withMaxUnits<T extends { OnDemandThroughput?: MaxUnits }> ({ OnDemandThroughput: before, ...rest }: T, given: MaxUnits | undefined): Omit<T, 'OnDemandThroughput'> & { OnDemandThroughput?: MaxUnits } {
  const all = { ...before, ...given }
  const OnDemandThroughput: MaxUnits = {}
  for (const name of MEMBERS) if (all[name] !== undefined && all[name] !== -1) OnDemandThroughput[name] = all[name]
  return Object.keys(OnDemandThroughput).length > 0 ? { ...rest, OnDemandThroughput } : rest
}
