import { useQuery } from '@tanstack/react-query'
import { control } from '../../access/control.ts'
import type { Limit, ResourceThroughput, SideThroughput, Throughput } from '../../access/control-types.ts'
import { useScope } from '../../access/scope.tsx'

/** How often the throughput is read: of one table for a chart, of all for a list, ms. */
const ONE_EVERY_MS = 1000
const ALL_EVERY_MS = 3000

/** What tables may use, have left and were refused, as it changes. @param table  only this one */
export function useThroughput (table?: string) {
  const { account, region } = useScope()
  const query = new URLSearchParams({ account, region, ...table !== undefined && { table } })
  return useQuery({
    queryKey: ['throughput', account, region, table],
    queryFn: () => control('GET /throughput', `/throughput?${query}`),
    refetchInterval: table === undefined ? ALL_EVERY_MS : ONE_EVERY_MS,
  })
}

/** A table or one of its global indexes. */
export interface Resource extends ResourceThroughput {
  table: string
  index?: string
  billingMode: string
}

/** Each table, with its indexes after it. */
export function resourcesOf ({ tables }: Throughput): Resource[] {
  return tables.flatMap(({ indexes, ...table }) => [table, ...indexes.map((index) => ({ ...index, table: table.table, billingMode: table.billingMode }))])
}

/** The limit that a side meets first. */
export const lowest = ({ limits }: SideThroughput): Limit | undefined =>
  limits.reduce<Limit | undefined>((found, limit) => found && found.rate <= limit.rate ? found : limit, undefined)

/** `orders`, or `orders/by-state`. */
export const nameOf = ({ table, index }: { table: string, index?: string }): string => index === undefined ? table : `${table}/${index}`

/** `orders/by-state` of the ARN of an index, `orders` of that of a table. */
export const nameInArn = (arn: string): string => arn.replace(/^.*:table\//, '').replace('/index/', '/')
