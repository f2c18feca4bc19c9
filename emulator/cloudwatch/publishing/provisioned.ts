import type { AccountStore } from '../../dynamodb/storage/account-store.ts'
import type { MaxUnits } from '../../dynamodb/tables/on-demand.ts'
import type { Throughput } from '../../dynamodb/tables/throughput.ts'
import type { MetricStore } from '../metrics/metric-store.ts'

const NAMESPACE = 'AWS/DynamoDB'
const FIVE_MINUTES_MS = 300_000
const SIDES = ['Read', 'Write'] as const

/** Sets what DynamoDB publishes of itself: the units and the maxima on demand that tables and indexes have, and how much of its quotas the account uses. */
export function publishProvisioned (tables: AccountStore, metrics: MetricStore, at: number): void {
  const wanted = new Map<string, { name: string, dimensions: string[], value: number, unit: 'Count' | 'Percent' }>()
  const set = (name: string, value: number, dimensions: string[] = [], unit: 'Count' | 'Percent' = 'Count') => wanted.set(`${name} ${dimensions.join('\n')}`, { name, dimensions, value, unit })
  const { accountUnits, tableUnits } = tables.limits
  const total = { Read: 0, Write: 0 }
  const largest = { Read: 0, Write: 0 }
  const publish = ({ ProvisionedThroughput: throughput, OnDemandThroughput: max }: { ProvisionedThroughput?: Throughput, OnDemandThroughput?: MaxUnits }, dimensions: string[]) => {
    for (const side of SIDES) {
      const most = max?.[`Max${side}RequestUnits`]
      if (most !== undefined) set(`OnDemandMax${side}RequestUnits`, most, dimensions)
      const units = throughput?.[`${side}CapacityUnits`] ?? 0
      if (units === 0) continue
      set(`Provisioned${side}CapacityUnits`, units, dimensions)
      total[side] += units
      largest[side] = Math.max(largest[side], units)
    }
  }
  for (const name of tables.tables.names()) {
    const table = tables.tables.get(name)!
    publish(table, ['TableName', name])
    for (const index of table.GlobalSecondaryIndexes ?? []) publish(index, ['TableName', name, 'GlobalSecondaryIndexName', index.IndexName])
  }
  for (const side of tables.tables.names().length > 0 ? SIDES : []) {
    set(`AccountMax${side}s`, accountUnits)
    set(`AccountMaxTableLevel${side}s`, tableUnits)
    if (total[side] === 0) continue
    set(`AccountProvisioned${side}CapacityUtilization`, total[side] / accountUnits * 100, [], 'Percent')
    set(`MaxProvisionedTable${side}CapacityUtilization`, largest[side] / tableUnits * 100, [], 'Percent')
  }
  for (const { MetricName, Dimensions } of metrics.withSteps(NAMESPACE)) {
    const dimensions = Dimensions.flatMap(({ Name, Value }) => [Name, Value])
    if (!wanted.has(`${MetricName} ${dimensions.join('\n')}`)) metrics.step({ Namespace: NAMESPACE, MetricName, Dimensions }, { unit: 'Count', everyMs: FIVE_MINUTES_MS, at, value: undefined })
  }
  for (const { name, dimensions, value, unit } of wanted.values()) {
    const Dimensions = dimensions.flatMap((Name, index) => index % 2 === 0 ? [{ Name, Value: dimensions[index + 1]! }] : [])
    metrics.step({ Namespace: NAMESPACE, MetricName: name, Dimensions }, { unit, everyMs: FIVE_MINUTES_MS, at, value })
  }
}
