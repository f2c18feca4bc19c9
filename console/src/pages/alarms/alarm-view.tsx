import { useState } from 'react'
import { DeleteAlarmsCommand, DisableAlarmActionsCommand, EnableAlarmActionsCommand, SetAlarmStateCommand, type AlarmHistoryItem } from '@aws-sdk/client-cloudwatch'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import Toggle from '@cloudscape-design/components/toggle'
import { useCloudwatch } from '../../access/cloudwatch.ts'
import { linkTo, navigate } from '../../shell/address.ts'
import { tellError, textOf } from '../../shell/messages.tsx'
import { Chart } from '../../widgets/chart.tsx'
import { Confirm } from '../../widgets/confirm.tsx'
import { timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { usePoints } from '../metrics/metrics.ts'
import { AlarmState } from './alarm-state.tsx'
import { conditionOf, STATES, useAlarm, type Alarm } from './alarms.ts'

/** Periods that the chart of an alarm goes back. */
const PERIODS_SHOWN = 60

/** One alarm: its state, what it measures, and what happened to it. */
export function AlarmView ({ name }: { name: string }) {
  const client = useCloudwatch()
  const queries = useQueryClient()
  const { data, error } = useAlarm(name)
  const [deleting, setDeleting] = useState(false)
  const refresh = () => queries.invalidateQueries({ queryKey: ['alarms'] })
  const change = useMutation({ mutationFn: (send: () => Promise<unknown>) => send(), onError: tellError, onSettled: refresh })
  const alarm = data?.alarm
  return (
    <ContentLayout
      breadcrumbs={<BreadcrumbGroup items={[{ text: 'Alarms', href: linkTo(['alarms']) }, { text: name, href: linkTo(['alarms', name]) }]} />}
      header={
        <Header
          variant='h1'
          actions={
            <SpaceBetween direction='horizontal' size='s' alignItems='center'>
              <Toggle
                checked={alarm?.ActionsEnabled === true}
                disabled={!alarm || change.isPending}
                onChange={({ detail }) => change.mutate(() => client.send(detail.checked ? new EnableAlarmActionsCommand({ AlarmNames: [name] }) : new DisableAlarmActionsCommand({ AlarmNames: [name] })))}
              >
                Actions
              </Toggle>
              <ButtonDropdown
                disabled={!alarm}
                items={STATES.map((state) => ({ id: state, text: state }))}
                onItemClick={({ detail }) => change.mutate(() => client.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: detail.id as typeof STATES[number], StateReason: 'Set in the console' })))} // one of the items
              >
                Set state
              </ButtonDropdown>
              <Button disabled={!alarm} onClick={() => setDeleting(true)}>Delete</Button>
            </SpaceBetween>
          }
        >
          <Text>{name}</Text>
        </Header>
      }
    >
      <SpaceBetween size='l'>
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        {data && !alarm && <StatusIndicator type='warning'>There is no alarm of this name.</StatusIndicator>}
        {alarm && <Facts alarm={alarm} />}
        {alarm?.MetricName !== undefined && <Measured alarm={alarm} />}
        {data && <History items={data.history} />}
      </SpaceBetween>
      {deleting && (
        <Confirm title='Delete the alarm' action='Delete' run={async () => { await client.send(new DeleteAlarmsCommand({ AlarmNames: [name] })); await refresh() }} onClose={() => { setDeleting(false); navigate(linkTo(['alarms'])) }}>
          <Text>{name}</Text>
        </Confirm>
      )}
    </ContentLayout>
  )
}

function Facts ({ alarm }: { alarm: Alarm }) {
  const { StateValue, StateUpdatedTimestamp: since, StateReason = '', TreatMissingData, AlarmDescription, AlarmActions = [], OKActions = [], InsufficientDataActions = [] } = alarm
  const actions = [...AlarmActions.map((arn) => `ALARM: ${arn}`), ...OKActions.map((arn) => `OK: ${arn}`), ...InsufficientDataActions.map((arn) => `INSUFFICIENT_DATA: ${arn}`)]
  return (
    <Container>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'State', value: <AlarmState state={StateValue} /> },
          { label: 'Since', value: since ? timeOf(since.getTime()) : '' },
          { label: 'Missing data', value: TreatMissingData ?? (alarm.AlarmRule === undefined ? 'missing' : 'not used') },
          { label: 'Condition', value: <Text most={2000}>{conditionOf(alarm)}</Text> },
          { label: 'Reason', value: <Text most={2000}>{StateReason}</Text> },
          { label: 'Actions', value: actions.length === 0 ? 'none' : actions.map((text) => <div key={text}><Text most={1000}>{text}</Text></div>) },
          ...AlarmDescription === undefined ? [] : [{ label: 'Description', value: <Text most={2000}>{AlarmDescription}</Text> }],
        ]}
      />
    </Container>
  )
}

/** The metric beside its threshold. */
function Measured ({ alarm }: { alarm: Alarm }) {
  const { Namespace, MetricName, Dimensions = [], Statistic, ExtendedStatistic, Period = 60, Threshold = 0 } = alarm
  const { data } = usePoints({ metrics: [{ Namespace, MetricName, Dimensions }], statistic: Statistic ?? ExtendedStatistic ?? 'Sum', period: Period, last: PERIODS_SHOWN * Period })
  const times = data?.times ?? []
  return (
    <Container header={<Header variant='h2'>Metric and threshold</Header>}>
      <Chart title='Metric and threshold' hasPoints times={times} series={[{ label: MetricName ?? '', values: data?.values[0] ?? [] }, { label: 'threshold', values: times.map(() => Threshold) }]} />
    </Container>
  )
}

function History ({ items }: { items: readonly AlarmHistoryItem[] }) {
  return (
    <Table
      header={<Header variant='h2' description='The newest first.'>History</Header>}
      items={items}
      wrapLines
      empty={<Box textAlign='center'>Nothing has happened to it.</Box>}
      columnDefinitions={[
        { id: 'time', header: 'Time', cell: ({ Timestamp }) => <span className='number'>{Timestamp ? timeOf(Timestamp.getTime()) : ''}</span> },
        { id: 'type', header: 'Type', cell: ({ HistoryItemType }) => HistoryItemType },
        { id: 'what', header: 'What', isRowHeader: true, cell: ({ HistorySummary = '' }) => <Text most={1000}>{HistorySummary}</Text> },
      ]}
    />
  )
}
