import { useEffect, useState } from 'react'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import { Chart } from '../../widgets/chart.tsx'
import { lowest, type Resource } from './throughput.ts'

/** How long the chart goes back, readings. */
const KEPT = 300

interface Reading {
  /** Real time, seconds since the Unix epoch. */
  at: number
  readLevel: number
  writeLevel: number
  readRefused: number
  writeRefused: number
}

/** What is left in the buckets, as it was read while the page is open. */
export function BucketChart ({ resource }: { resource: Resource }) {
  const [readings, setReadings] = useState<readonly Reading[]>([])
  useEffect(() => {
    const { read, write } = resource
    const reading = { at: Date.now() / 1000, readLevel: lowest(read)?.level ?? 0, writeLevel: lowest(write)?.level ?? 0, readRefused: read.refused, writeRefused: write.refused }
    setReadings((before) => [...before.slice(1 - KEPT), reading])
  }, [resource])
  const times = readings.map(({ at }) => at)
  const series = (label: string, name: keyof Reading) => ({ label, values: readings.map((one) => one[name]) })
  return (
    <Container header={<Header variant='h2' description='In real time, since the page was opened.'>Buckets</Header>}>
      <ColumnLayout columns={2}>
        <Chart title='Units left' times={times} series={[series('read units left', 'readLevel'), series('write units left', 'writeLevel')]} />
        <Chart title='Refused in the last minute' times={times} series={[series('reads refused', 'readRefused'), series('writes refused', 'writeRefused')]} />
      </ColumnLayout>
    </Container>
  )
}
