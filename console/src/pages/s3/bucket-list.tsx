import { useState } from 'react'
import { CreateBucketCommand, DeleteBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useS3 } from '../../access/s3.ts'
import { useScope } from '../../access/scope.tsx'
import { linkTo } from '../../shell/address.ts'
import { tell, tellError } from '../../shell/messages.tsx'
import { Confirm } from '../../widgets/confirm.tsx'

/** The buckets of the account. */
export function BucketList () {
  const { account, region } = useScope()
  const s3 = useS3()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [deleting, setDeleting] = useState<string>()
  const { data } = useQuery({ queryKey: ['buckets', account, region], queryFn: async () => (await s3.send(new ListBucketsCommand())).Buckets ?? [] })
  const refresh = () => queries.invalidateQueries({ queryKey: ['buckets'] })
  const create = useMutation({
    mutationFn: () => s3.send(new CreateBucketCommand({ Bucket: name, ...region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } } })), // the emulator checks it
    async onSuccess () {
      tell('success', `The bucket ${name} is created.`)
      setName('')
      await refresh()
    },
    onError: tellError,
  })
  return (
    <>
      <Table
        variant='full-page'
        header={
          <Header
            variant='awsui-h1-sticky'
            counter={`(${data?.length ?? 0})`}
            actions={
              <SpaceBetween direction='horizontal' size='xs'>
                <Input value={name} placeholder='Name of a new bucket' ariaLabel='Name of a new bucket' onChange={({ detail }) => setName(detail.value)} />
                <Button variant='primary' disabled={name === ''} loading={create.isPending} onClick={() => create.mutate()}>Create bucket</Button>
              </SpaceBetween>
            }
          >
            Buckets
          </Header>
        }
        items={data ?? []}
        loading={!data}
        loadingText='Loading'
        empty={<Box textAlign='center'>There is no bucket.</Box>}
        columnDefinitions={[
          { id: 'name', header: 'Name', isRowHeader: true, cell: ({ Name = '' }) => <Link href={linkTo(['s3', Name])}>{Name}</Link> },
          { id: 'created', header: 'Created', cell: ({ CreationDate }) => CreationDate?.toISOString() ?? '' },
          { id: 'delete', header: 'Delete', cell: ({ Name = '' }) => <Button iconName='remove' variant='inline-icon' ariaLabel={`Delete ${Name}`} onClick={() => setDeleting(Name)} /> },
        ]}
      />
      {deleting !== undefined && (
        <Confirm title='Delete the bucket' action='Delete' run={async () => { await s3.send(new DeleteBucketCommand({ Bucket: deleting })); await refresh() }} onClose={() => setDeleting(undefined)}>
          <Box>The bucket <b>{deleting}</b> must be empty.</Box>
        </Confirm>
      )}
    </>
  )
}
