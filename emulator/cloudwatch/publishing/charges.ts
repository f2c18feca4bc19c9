import type { Metric } from '../metrics/metric.ts'
import { HOUR_MS, type MetricStore } from '../metrics/metric-store.ts'
import { PRICES } from './prices.ts'

/** How often (ms) charges are published: AWS does it several times a day. */
export const CHARGES_EVERY_MS = 6 * HOUR_MS

const IMAGE_CALLS = new Set(['CompareFaces', 'DetectFaces', 'IndexFaces', 'SearchFacesByImage'])
const S3_PUTS = ['PutRequests', 'PostRequests', 'ListRequests']
const S3_GETS = ['GetRequests', 'HeadRequests']

/** The charges of an account since its month began, by service, computed from what its regions have published. */
export function chargesOf (regions: readonly MetricStore[], at: number): Map<string, number> {
  const date = new Date(at - 1)
  const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  const units = { Read: 0, Write: 0 }
  const unitHours = { Read: 0, Write: 0 }
  let images = 0
  let puts = 0
  let gets = 0
  for (const metrics of regions) {
    const sum = (metric: Metric) => metrics.read(metric, { from, to: at, periodMs: HOUR_MS }, at).reduce((total, { sample }) => total + sample.sum, 0)
    for (const metric of metrics.list(from, at)) {
      const { Namespace, MetricName, Dimensions } = metric
      if (Namespace === 'AWS/DynamoDB') {
        const [, consumed] = /^Consumed(Read|Write)CapacityUnits$/.exec(MetricName) ?? []
        const [, provisioned] = /^Provisioned(Read|Write)CapacityUnits$/.exec(MetricName) ?? []
        if (consumed) units[consumed as 'Read' | 'Write'] += onDemandUnits(metrics, metric, `Provisioned${consumed}CapacityUnits`, from, at) // by the pattern
        if (provisioned) unitHours[provisioned as 'Read' | 'Write'] += metrics.stepIntegral(metric, from, at) / HOUR_MS // by the pattern
      } else if (Namespace === 'AWS/Rekognition' && MetricName === 'SuccessfulRequestCount') {
        if (Dimensions.some(({ Value }) => IMAGE_CALLS.has(Value))) images += sum(metric)
      } else if (Namespace === 'AWS/S3') {
        if (S3_PUTS.includes(MetricName)) puts += sum(metric)
        if (S3_GETS.includes(MetricName)) gets += sum(metric)
      }
    }
  }
  const { dynamodb, rekognition, s3 } = PRICES
  const paid = (hours: number) => Math.max(0, hours - dynamodb.freeUnitHours)
  return new Map([
    ['AmazonDynamoDB', units.Read * dynamodb.readUnit + units.Write * dynamodb.writeUnit + paid(unitHours.Read) * dynamodb.readUnitHour + paid(unitHours.Write) * dynamodb.writeUnitHour],
    ['AmazonRekognition', images * rekognition.image],
    ['AmazonS3', puts * s3.put + gets * s3.get],
  ])
}

/** The units of a table or an index that it used while nothing was provisioned. */
function onDemandUnits (metrics: MetricStore, metric: Metric, provisioned: string, from: number, to: number): number {
  const points = metrics.read(metric, { from, to, periodMs: HOUR_MS }, to)
  return points.reduce((total, { at, sample }) =>
    metrics.stepIntegral({ ...metric, MetricName: provisioned }, at, Math.min(at + HOUR_MS, to)) > 0 ? total : total + sample.sum, 0)
}

/** The metrics that charges are published as; those without any charge are not. */
export function chargeMetrics (charges: ReadonlyMap<string, number>): [Metric, number][] {
  const currency = { Name: 'Currency', Value: 'USD' }
  const metric = (...services: { Name: string, Value: string }[]): Metric => ({ Namespace: 'AWS/Billing', MetricName: 'EstimatedCharges', Dimensions: [...services, currency] })
  const total = [...charges.values()].reduce((sum, one) => sum + one, 0)
  return [[metric(), total], ...[...charges].filter(([, charge]) => charge > 0).map(([service, charge]): [Metric, number] => [metric({ Name: 'ServiceName', Value: service }), charge])]
}
