import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Table from '@cloudscape-design/components/table'
import { linkTo } from '../../shell/address.ts'
import { timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { AlarmState } from '../alarms/alarm-state.tsx'
import { useAlarms } from '../alarms/alarms.ts'

const SHOWN = 5

/** The alarms that changed their state last. */
export default function AlarmStates () {
  const { data } = useAlarms()
  const changed = (data ?? []).toSorted((one, other) => Number(other.StateUpdatedTimestamp) - Number(one.StateUpdatedTimestamp))
  return (
    <Table
      header={<Header variant='h2' counter={data && `(${data.length})`} actions={<Link href={linkTo(['alarms'])}>All alarms</Link>}>Last alarms</Header>}
      items={changed.slice(0, SHOWN)}
      trackBy='AlarmName'
      loading={!data}
      loadingText='Loading'
      empty={<Box textAlign='center'>There is no alarm.</Box>}
      columnDefinitions={[
        { id: 'since', header: 'Time', cell: ({ StateUpdatedTimestamp: since }) => <span className='number'>{since ? timeOf(since.getTime()) : ''}</span> },
        { id: 'name', header: 'Alarm', isRowHeader: true, cell: ({ AlarmName = '' }) => <Link href={linkTo(['alarms', AlarmName])}><Text>{AlarmName}</Text></Link> },
        { id: 'state', header: 'State', cell: ({ StateValue }) => <AlarmState state={StateValue} /> },
      ]}
    />
  )
}
