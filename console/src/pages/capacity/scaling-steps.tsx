import { DescribeScalableTargetsCommand, DescribeScalingActivitiesCommand } from '@aws-sdk/client-application-auto-scaling'
import { useQuery } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { useAutoScaling } from '../../access/auto-scaling.ts'
import { useScope } from '../../access/scope.tsx'
import { timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import type { Resource } from './throughput.ts'

const SHOWN = 20

/** What auto scaling has done to a table or an index. */
export function ScalingSteps ({ resource: { table, index } }: { resource: Resource }) {
  const { account, region } = useScope()
  const client = useAutoScaling()
  const ResourceId = index === undefined ? `table/${table}` : `table/${table}/index/${index}`
  const { data } = useQuery({
    queryKey: ['scaling', account, region, ResourceId],
    refetchInterval: 5000,
    async queryFn () {
      const [{ ScalableTargets = [] }, { ScalingActivities = [] }] = await Promise.all([
        client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb', ResourceIds: [ResourceId] })),
        client.send(new DescribeScalingActivitiesCommand({ ServiceNamespace: 'dynamodb', ResourceId, MaxResults: SHOWN, IncludeNotScaledActivities: true })),
      ])
      return { targets: ScalableTargets, activities: ScalingActivities }
    },
  })
  const bounds = data?.targets.map(({ ScalableDimension = '', MinCapacity, MaxCapacity }) => `${ScalableDimension.split(':')[2]}: ${MinCapacity} to ${MaxCapacity}`).join(', ')
  return (
    <Table
      header={<Header variant='h2' description={bounds || 'No scalable target is registered.'}>Auto scaling</Header>}
      items={data?.activities ?? []}
      trackBy='ActivityId'
      wrapLines
      loading={!data}
      loadingText='Loading'
      empty={<Box textAlign='center'>There was no scaling activity.</Box>}
      columnDefinitions={[
        { id: 'time', header: 'Time', cell: ({ StartTime }) => <span className='number'>{StartTime ? timeOf(StartTime.getTime()) : ''}</span> },
        { id: 'what', header: 'Activity', isRowHeader: true, cell: ({ Description = '' }) => <Text>{Description}</Text> },
        { id: 'status', header: 'Status', cell: ({ StatusCode = '' }) => <StatusIndicator type={StatusCode === 'Successful' ? 'success' : StatusCode === 'Failed' ? 'error' : 'info'}>{StatusCode}</StatusIndicator> },
        { id: 'cause', header: 'Cause', cell: ({ Cause = '' }) => <Text>{Cause}</Text> },
      ]}
    />
  )
}
