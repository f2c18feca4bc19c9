import { useState } from 'react'
import { UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand, type TableDescription } from '@aws-sdk/client-dynamodb'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import Cards from '@cloudscape-design/components/cards'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Toggle from '@cloudscape-design/components/toggle'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import { useDynamodb } from '../../access/aws.ts'
import { linkTo, navigate } from '../../shell/address.ts'
import { tellError, textOf } from '../../shell/messages.tsx'
import { JsonEditor } from '../../widgets/json-editor.tsx'
import { bytesOf, countOf } from '../../widgets/numbers.ts'
import { DeleteTables, TruncateTable } from './delete-table.tsx'
import { billingOf, keysOf, typeOf, useTable } from './describe.ts'
import { usePointInTimeRecovery, useTimeToLive } from './recovery-cells.tsx'

/** One table: its keys and indexes, and what can be switched. */
export function TableView ({ name }: { name: string }) {
  const { data: table, error } = useTable(name)
  const [asking, setAsking] = useState<'delete' | 'truncate'>()
  return (
    <ContentLayout
      breadcrumbs={<BreadcrumbGroup items={[{ text: 'Tables', href: linkTo(['tables']) }, { text: name, href: linkTo(['tables', name]) }]} />}
      header={
        <Header
          variant='h1'
          actions={
            <SpaceBetween direction='horizontal' size='xs'>
              <Button disabled={!table} onClick={() => setAsking('truncate')}>Truncate</Button>
              <Button disabled={!table} onClick={() => setAsking('delete')}>Delete</Button>
              <Button variant='primary' href={linkTo(['items', name])}>Items</Button>
            </SpaceBetween>
          }
        >
          <bdi>{name}</bdi>
        </Header>
      }
    >
      {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
      {table && (
        <SpaceBetween size='l'>
          <Facts table={table} />
          <Structure table={table} />
          <Switches name={name} />
          <ExpandableSection headerText='DescribeTable' variant='container'>
            <JsonEditor label='Answer of DescribeTable' value={JSON.stringify(table, null, 2)} />
          </ExpandableSection>
        </SpaceBetween>
      )}
      {asking === 'delete' && <DeleteTables names={[name]} onClose={() => { setAsking(undefined); navigate(linkTo(['tables'])) }} />}
      {asking === 'truncate' && table && <TruncateTable table={table} onClose={() => setAsking(undefined)} />}
    </ContentLayout>
  )
}

function Facts ({ table }: { table: TableDescription }) {
  const { TableStatus = '', ItemCount = 0, TableSizeBytes = 0, StreamSpecification, CreationDateTime, TableArn = '' } = table
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Status', value: <StatusIndicator type={TableStatus === 'ACTIVE' ? 'success' : 'in-progress'}>{TableStatus}</StatusIndicator> },
          { label: 'Items', value: countOf(ItemCount) },
          { label: 'Size', value: bytesOf(TableSizeBytes) },
          { label: 'Billing', value: billingOf(table) },
          { label: 'Created', value: CreationDateTime?.toISOString() ?? '' },
          { label: 'Stream', value: StreamSpecification?.StreamEnabled ? StreamSpecification.StreamViewType : 'off' },
          { label: 'ARN', value: <span className='mono'>{TableArn}</span> },
        ]}
      />
    </Container>
  )
}

interface Part { name: string, kind: string, table: TableDescription, schema: TableDescription['KeySchema'], projection: string, items?: number, bytes?: number, status?: string }

/** The table and its indexes side by side, each with its keys. */
function Structure ({ table }: { table: TableDescription }) {
  const { TableName = '', KeySchema, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = table
  const parts: Part[] = [
    { name: TableName, kind: 'Table', table, schema: KeySchema, projection: 'all attributes', items: table.ItemCount, bytes: table.TableSizeBytes },
    ...[...GlobalSecondaryIndexes.map((index) => ({ ...index, kind: 'Global secondary index', status: index.IndexStatus })), ...LocalSecondaryIndexes.map((index) => ({ ...index, kind: 'Local secondary index', status: undefined }))]
      .map(({ IndexName = '', KeySchema: schema, Projection, ItemCount, IndexSizeBytes, kind, status }) => ({
        name: IndexName,
        kind,
        table,
        schema,
        projection: Projection?.ProjectionType === 'INCLUDE' ? `keys, ${Projection.NonKeyAttributes?.join(', ')}` : Projection?.ProjectionType === 'KEYS_ONLY' ? 'keys only' : 'all attributes',
        items: ItemCount,
        bytes: IndexSizeBytes,
        status,
      })),
  ]
  return (
    <Cards
      header={<Header variant='h2'>Keys and indexes</Header>}
      items={parts}
      trackBy='name'
      cardsPerRow={[{ cards: 1 }, { minWidth: 600, cards: 2 }, { minWidth: 900, cards: 3 }]}
      ariaLabels={{ selectionGroupLabel: 'Keys and indexes', itemSelectionLabel: () => '' }}
      cardDefinition={{
        header: ({ name }) => <bdi>{name}</bdi>,
        sections: [
          { id: 'kind', content: ({ kind, status }) => <Box color='text-body-secondary'>{kind}{status !== undefined && status !== 'ACTIVE' && ` (${status})`}</Box> },
          { id: 'hash', header: 'Hash key', content: ({ schema, table }) => <KeyNames names={keysOf(schema).hash} table={table} /> },
          { id: 'range', header: 'Range key', content: ({ schema, table }) => <KeyNames names={keysOf(schema).range} table={table} /> },
          { id: 'projection', header: 'Projection', content: ({ projection }) => <bdi>{projection}</bdi> },
          { id: 'size', header: 'Items and size', content: ({ items = 0, bytes = 0 }) => `${countOf(items)}, ${bytesOf(bytes)}` },
        ],
      }}
    />
  )
}

function KeyNames ({ names, table }: { names: readonly string[], table: TableDescription }) {
  return names.length === 0 ? <>none</> : <>{names.map((name) => <div key={name} className='mono'>{name} ({typeOf(table, name)})</div>)}</>
}

/** Expiry and point-in-time recovery. */
function Switches ({ name }: { name: string }) {
  const client = useDynamodb()
  const queries = useQueryClient()
  const ttl = useTimeToLive(name)
  const recovery = usePointInTimeRecovery(name)
  const [attribute, setAttribute] = useState('')
  const change = useMutation({ mutationFn: (send: () => Promise<unknown>) => send(), onError: tellError, onSettled: () => queries.invalidateQueries({ queryKey: ['tables'] }) })
  const setTtl = (AttributeName: string, Enabled: boolean) => change.mutate(() => client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: { AttributeName, Enabled } })))
  return (
    <Container header={<Header variant='h2'>Expiry and recovery</Header>}>
      <SpaceBetween size='m'>
        {ttl.data
          ? (
            <SpaceBetween direction='horizontal' size='s' alignItems='center'>
              <Box>Items expire by <b><bdi>{ttl.data}</bdi></b>.</Box>
              <Button loading={change.isPending} onClick={() => setTtl(ttl.data, false)}>Turn expiry off</Button>
            </SpaceBetween>
            )
          : (
            <FormField label='TTL attribute' description='A number, the time of expiry in epoch seconds.'>
              <SpaceBetween direction='horizontal' size='xs'>
                <Input value={attribute} onChange={({ detail }) => setAttribute(detail.value)} />
                <Button disabled={attribute === ''} loading={change.isPending} onClick={() => setTtl(attribute, true)}>Turn expiry on</Button>
              </SpaceBetween>
            </FormField>
            )}
        <Toggle
          checked={recovery.data === true}
          disabled={recovery.data === undefined || change.isPending}
          onChange={({ detail }) => change.mutate(() => client.send(new UpdateContinuousBackupsCommand({ TableName: name, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: detail.checked } })))}
        >
          Point-in-time recovery
        </Toggle>
      </SpaceBetween>
    </Container>
  )
}
