import { setTimeout as sleep } from 'node:timers/promises'
import {
  DescribeContinuousBackupsCommand, DescribeTableCommand, DescribeTimeToLiveCommand, RestoreTableToPointInTimeCommand, type TableDescription
} from '@aws-sdk/client-dynamodb'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Report } from '../../server/features/report/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import type { EmulatorAccess } from '../kit/emulator-access.ts'
import { made } from '../kit/given.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

const RESTORED = 'k9-reports-restored'
const CHECK_MS = 50

export default scenario('operations: after a bad deploy the reports are restored to a second before it', {
  seed: '003',
  pattern: 'point-in-time recovery',
  // It moves the clock, and makes a table.
  environment: {},
  async run ({ caller, emulator, expectCalls, check, tables: { reports: TableName } }) {
    const { api } = await caller()
    const created: Report[] = []
    for (const title of ['First', 'Second', 'Third']) created.push(made(await api.post<Report>('/api/reports', { title })))
    const list = () => api.get<Page<Report>>('/api/reports')
    const before = made(await list()).data
    const itemsBefore = await itemsOf(emulator, TableName)

    await emulator.advance('1h')
    const good = new Date(Math.floor((await emulator.now()).getTime() / 1000) * 1000)
    await emulator.advance('1m')
    const [first, second, third] = created
    for (const { id } of [first!, second!]) made(await api.put(`/api/reports/${id}`, { title: 'undefined' }))
    check.status(await api.delete(`/api/reports/${third!.id}`), 200)
    check.equal(made(await list()).data.map(({ title }) => title), ['undefined', 'undefined'], 'the deploy has spoilt two reports, and deleted one')
    await emulator.advance('1h')

    const { TableDescription } = await emulator.dynamodb.send(new RestoreTableToPointInTimeCommand({ SourceTableName: TableName, TargetTableName: RESTORED, RestoreDateTime: good }))
    check.match(TableDescription?.RestoreSummary, { RestoreInProgress: true, RestoreDateTime: good }, 'a restore is going on')
    const restored = await active(emulator, RESTORED)
    check.equal(await itemsOf(emulator, RESTORED), itemsBefore, 'the new table has the items of before the deploy')
    check.equal(restored.GlobalSecondaryIndexes?.map(({ IndexName, IndexStatus }) => [IndexName, IndexStatus]), [['UserReportsIndex', 'ACTIVE']], 'and the index')
    check.equal(await notRestored(emulator, RESTORED), { timeToLive: 'DISABLED', recovery: 'DISABLED', stream: undefined }, 'expiry, recovery and stream are to be turned on again')

    for (const Item of await itemsOf(emulator, RESTORED)) await emulator.documents.send(new PutCommand({ TableName, Item }))
    const after = await list()
    check.equal(after.body.data.data, before, 'copied back, the user sees the reports as they were')
    await expectCalls(after, [{ service: 'dynamodb', operation: 'Query', table: 'reports', index: 'UserReportsIndex', readUnits: readUnits(before) }])
  },
})

/** All items of a table that fits in a page, in the order of their ids. */
async function itemsOf ({ documents }: EmulatorAccess, TableName: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await documents.send(new ScanCommand({ TableName, ConsistentRead: true }))
  return Items.sort((one, other) => String(one.id) < String(other.id) ? -1 : 1)
}

async function active ({ dynamodb }: EmulatorAccess, TableName: string): Promise<TableDescription> {
  for (;;) {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }))
    if (Table?.TableStatus === 'ACTIVE') return Table
    await sleep(CHECK_MS)
  }
}

async function notRestored ({ dynamodb }: EmulatorAccess, TableName: string) {
  const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }))
  const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }))
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }))
  return {
    timeToLive: TimeToLiveDescription?.TimeToLiveStatus,
    recovery: ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    stream: Table?.StreamSpecification,
  }
}
