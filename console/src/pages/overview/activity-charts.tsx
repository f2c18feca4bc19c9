import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useLive } from '../../live/activity.ts'
import { Chart } from '../../widgets/chart.tsx'
import { costOf, PRICES_AS_OF } from './cost.ts'
import { countOf, dollarsOf } from '../../widgets/numbers.ts'

/** Calls, units and cost while the page is open, without the console's own. */
export function ActivityCharts () {
  const { seconds, total } = useLive()
  const times = seconds.map(({ at }) => at)
  const services = [...new Set(seconds.flatMap(({ byService }) => Object.keys(byService)))].sort()
  const callsOf = (service: string) => seconds.map(({ byService, ms }) => (byService[service]?.calls ?? 0) / ms * 1000)
  const lost = seconds.reduce((sum, one) => sum + one.lost, 0)
  return (
    <Container
      header={
        <Header variant='h2' description={`The last five minutes, without the console's own calls. On-demand prices of ${PRICES_AS_OF}, us-east-1.${lost > 0 ? ` ${countOf(lost)} calls came faster than the trace keeps.` : ''}`}>
          Activity
        </Header>
      }
    >
      <SpaceBetween size='m'>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Calls since the page was opened', value: <span className='number' data-testid='calls-total'>{countOf(total.calls)}</span> },
            { label: 'Of these failed', value: <span className='number'>{countOf(total.failures)}</span> },
            { label: 'Read and write units', value: <span className='number' data-testid='units-total'>{countOf(total.readUnits)} / {countOf(total.writeUnits)}</span> },
            { label: 'Cost of these units', value: <span className='number'>{dollarsOf(costOf(total))}</span> },
          ]}
        />
        <ColumnLayout columns={3}>
          <Chart
            title='Calls a second'
            times={times}
            series={[...(services.length > 0 ? services : ['calls']).map((service) => ({ label: service, values: callsOf(service) })), { label: 'failed', values: seconds.map(({ failures, ms }) => failures / ms * 1000) }]}
          />
          <Chart
            title='Units a second'
            times={times}
            series={[
              { label: 'read units', values: seconds.map(({ readUnits, ms }) => readUnits / ms * 1000) },
              { label: 'write units', values: seconds.map(({ writeUnits, ms }) => writeUnits / ms * 1000) },
            ]}
          />
          <Chart title='Cost of an hour like this second' times={times} series={[{ label: 'USD an hour', values: seconds.map((second) => costOf(second) / second.ms * 3_600_000) }]} format={dollarsOf} />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  )
}
