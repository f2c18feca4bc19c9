import { useCollection } from '../../widgets/collection.ts'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Pagination from '@cloudscape-design/components/pagination'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { linkTo } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { countOf, timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { AlarmState } from './alarm-state.tsx'
import { conditionOf, useAlarms } from './alarms.ts'

const PAGE_SIZE = 25

/** Every alarm with its state, as it changes. */
export function AlarmList () {
  const { data, error } = useAlarms()
  const { items, collectionProps, paginationProps } = useCollection(data ?? [], { pagination: { pageSize: PAGE_SIZE }, sorting: {} })
  return (
    <ContentLayout
      header={
        <Header variant='h1' description="Alarms are evaluated at each whole minute of the emulator's clock." actions={<Button variant='primary' href={linkTo(['alarms'], { create: 'form' })}>Create alarm</Button>}>
          Alarms
        </Header>
      }
    >
      <Table
        {...collectionProps}
        items={items}
        trackBy='AlarmName'
        wrapLines
        loading={!data && !error}
        loadingText='Loading'
        header={<Header variant='h2' counter={`(${countOf(data?.length ?? 0)})`}>All alarms</Header>}
        pagination={<Pagination {...paginationProps} />}
        empty={<Box textAlign='center'>{error ? <StatusIndicator type='error'>{textOf(error)}</StatusIndicator> : 'There is no alarm.'}</Box>}
        columnDefinitions={[
          { id: 'name', header: 'Alarm', isRowHeader: true, sortingField: 'AlarmName', cell: ({ AlarmName = '' }) => <Link href={linkTo(['alarms', AlarmName])}><Text>{AlarmName}</Text></Link> },
          { id: 'state', header: 'State', sortingField: 'StateValue', cell: ({ StateValue }) => <AlarmState state={StateValue} /> },
          { id: 'since', header: 'Since', cell: ({ StateUpdatedTimestamp: since }) => <span className='number'>{since ? timeOf(since.getTime()) : ''}</span> },
          { id: 'condition', header: 'Condition', cell: (alarm) => <Text>{conditionOf(alarm)}</Text> },
          { id: 'actions', header: 'Actions', cell: ({ ActionsEnabled, AlarmActions = [] }) => ActionsEnabled ? String(AlarmActions.length) : 'disabled' },
        ]}
      />
    </ContentLayout>
  )
}
