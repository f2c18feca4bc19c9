import { useState } from 'react'
import { useCollection } from '../../widgets/collection.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { useIam } from '../../access/iam.ts'
import { useScope } from '../../access/scope.tsx'
import { navigate } from '../../shell/address.ts'
import { tellError, textOf } from '../../shell/messages.tsx'
import { countOf, timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { linkToPrincipal } from './access-page.tsx'
import { KINDS, type Kind } from './principals.ts'

const PAGE_SIZE = 25

/** The users, groups or roles of the account. */
export function PrincipalList ({ kind }: { kind: Kind }) {
  const { account } = useScope()
  const iam = useIam()
  const queries = useQueryClient()
  const of = KINDS[kind]
  const { title, noun } = of
  const [name, setName] = useState('')
  const { data, error } = useQuery({ queryKey: ['iam', account, kind], queryFn: () => of.list(iam) })
  const make = useMutation({
    mutationFn: () => of.create(iam, name, account),
    async onSuccess () {
      await queries.invalidateQueries({ queryKey: ['iam'] })
      navigate(linkToPrincipal(kind, name))
    },
    onError: tellError,
  })
  const { items, collectionProps, paginationProps } = useCollection(data ?? [], { pagination: { pageSize: PAGE_SIZE }, sorting: {} })
  return (
    <Table
      {...collectionProps}
      items={items}
      trackBy='name'
      loading={!data && !error}
      loadingText='Loading'
      header={
        <Header
          variant='h2'
          counter={`(${countOf(data?.length ?? 0)})`}
          actions={
            <SpaceBetween direction='horizontal' size='xs'>
              <Input value={name} placeholder={`Name of a new ${noun}`} ariaLabel={`Name of a new ${noun}`} onChange={({ detail }) => setName(detail.value)} />
              <Button disabled={name === ''} loading={make.isPending} onClick={() => make.mutate()}>Create {noun}</Button>
            </SpaceBetween>
          }
        >
          {title}
        </Header>
      }
      pagination={<Pagination {...paginationProps} />}
      empty={<Box textAlign='center'>{error ? <StatusIndicator type='error'>{textOf(error)}</StatusIndicator> : `There is no ${noun}.`}</Box>}
      columnDefinitions={[
        { id: 'name', header: 'Name', isRowHeader: true, sortingField: 'name', cell: ({ name }) => <Link href={linkToPrincipal(kind, name)}><Text>{name}</Text></Link> },
        { id: 'arn', header: 'ARN', cell: ({ arn }) => <Text>{arn}</Text> },
        { id: 'created', header: 'Created', cell: ({ created }) => <span className='number'>{created ? timeOf(created.getTime()) : ''}</span> },
      ]}
    />
  )
}
