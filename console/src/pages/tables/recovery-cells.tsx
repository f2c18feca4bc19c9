import { DescribeContinuousBackupsCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { useQuery } from '@tanstack/react-query'
import { useDynamodb } from '../../access/aws.ts'
import { useScope } from '../../access/scope.tsx'

/** The attribute by which items of a table expire; `''` for none. */
export function useTimeToLive (table: string | undefined) {
  const { account, region } = useScope()
  const client = useDynamodb()
  return useQuery({
    queryKey: ['tables', account, region, 'ttl', table],
    enabled: table !== undefined,
    queryFn: async () => {
      const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: table }))
      return TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED' ? TimeToLiveDescription.AttributeName ?? '' : ''
    },
  })
}

export function usePointInTimeRecovery (table: string | undefined) {
  const { account, region } = useScope()
  const client = useDynamodb()
  return useQuery({
    queryKey: ['tables', account, region, 'pitr', table],
    enabled: table !== undefined,
    queryFn: async () => {
      const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName: table }))
      return ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
    },
  })
}

export const TimeToLive = ({ table }: { table: string }) => <>{useTimeToLive(table).data ?? '…'}</>

export function PointInTimeRecovery ({ table }: { table: string }) {
  const { data } = usePointInTimeRecovery(table)
  return <>{data === undefined ? '…' : data ? 'on' : 'off'}</>
}
