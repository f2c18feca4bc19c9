import { CreateAccessKeyCommand, DeleteAccessKeyCommand, ListAccessKeysCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import Toggle from '@cloudscape-design/components/toggle'
import { useIam } from '../../access/iam.ts'
import { useScope } from '../../access/scope.tsx'
import { tellError } from '../../shell/messages.tsx'
import { timeOf } from '../../widgets/numbers.ts'

/** The access keys of a user. The secret of a new one is shown once, as in AWS. */
export function AccessKeys ({ user }: { user: string }) {
  const { account } = useScope()
  const iam = useIam()
  const queries = useQueryClient()
  const { data } = useQuery({ queryKey: ['iam', account, 'users', user, 'keys'], queryFn: async () => (await iam.send(new ListAccessKeysCommand({ UserName: user }))).AccessKeyMetadata ?? [] })
  const refresh = () => queries.invalidateQueries({ queryKey: ['iam', account, 'users', user] })
  const create = useMutation({ mutationFn: () => iam.send(new CreateAccessKeyCommand({ UserName: user })), onSettled: refresh, onError: tellError })
  const change = useMutation({ mutationFn: (send: () => Promise<unknown>) => send(), onSettled: refresh, onError: tellError })
  const key = create.data?.AccessKey
  return (
    <SpaceBetween size='s'>
      {key && (
        <Alert type='success' header='The secret of the new key is shown this once'>
          <div className='mono' data-testid='new-key'>AWS_ACCESS_KEY_ID={key.AccessKeyId} AWS_SECRET_ACCESS_KEY={key.SecretAccessKey}</div>
        </Alert>
      )}
      <Table
        header={<Header variant='h2' actions={<Button loading={create.isPending} onClick={() => create.mutate()}>Create access key</Button>}>Access keys</Header>}
        items={data ?? []}
        trackBy='AccessKeyId'
        loading={!data}
        loadingText='Loading'
        empty={<Box textAlign='center'>It has no key.</Box>}
        columnDefinitions={[
          { id: 'id', header: 'Access key', isRowHeader: true, cell: ({ AccessKeyId }) => <span className='mono'>{AccessKeyId}</span> },
          { id: 'created', header: 'Created', cell: ({ CreateDate }) => <span className='number'>{CreateDate ? timeOf(CreateDate.getTime()) : ''}</span> },
          {
            id: 'status',
            header: 'Status',
            cell: ({ AccessKeyId, Status }) => (
              <Toggle checked={Status === 'Active'} disabled={change.isPending} onChange={({ detail }) => change.mutate(() => iam.send(new UpdateAccessKeyCommand({ UserName: user, AccessKeyId, Status: detail.checked ? 'Active' : 'Inactive' })))}>{Status}</Toggle>
            ),
          },
          { id: 'delete', header: 'Delete', cell: ({ AccessKeyId }) => <Button iconName='remove' variant='inline-icon' ariaLabel={`Delete ${AccessKeyId}`} onClick={() => change.mutate(() => iam.send(new DeleteAccessKeyCommand({ UserName: user, AccessKeyId })))} /> },
        ]}
      />
    </SpaceBetween>
  )
}
