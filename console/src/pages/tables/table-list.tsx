import { useState } from 'react'
import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { useCollection } from '../../widgets/collection.ts'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { linkTo, linkWith, navigate, useAddress } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { bytesOf, countOf } from '../../widgets/numbers.ts'
import { DeleteTables, TruncateTable } from './delete-table.tsx'
import { billingOf, describeKeys, useTableDescriptions, useTableNames } from './describe.ts'
import { PointInTimeRecovery, TimeToLive } from './recovery-cells.tsx'

const PAGE_SIZE = 25

interface Row { name: string, table: TableDescription | undefined }

/** All tables of the account, with what they hold. */
export function TableList () {
  const { params } = useAddress()
  const names = useTableNames()
  const described = useTableDescriptions(names.data)
  const [selected, setSelected] = useState<Row[]>([])
  const [asking, setAsking] = useState<'delete' | 'truncate'>()

  const rows: Row[] = (names.data ?? []).map((name) => ({ name, table: described.data?.get(name) }))
  const filter = params.get('filter') ?? ''
  const { items, collectionProps, paginationProps, filteredItemsCount } = useCollection(rows.filter(({ name }) => name.includes(filter)), {
    pagination: { pageSize: PAGE_SIZE },
    sorting: { defaultState: { sortingColumn: { sortingField: 'name' } } },
  })
  const refresh = () => {
    void names.refetch()
    void described.refetch()
  }
  return (
    <>
      <Table
        {...collectionProps}
        variant='full-page'
        stickyHeader
        items={items}
        trackBy='name'
        loading={names.isPending}
        loadingText='Loading'
        selectionType='multi'
        selectedItems={selected}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
        ariaLabels={{ tableLabel: 'Tables', selectionGroupLabel: 'Tables', allItemsSelectionLabel: () => 'Select all', itemSelectionLabel: (_, { name }) => `Select ${name}` }}
        header={
          <Header
            variant='awsui-h1-sticky'
            counter={`(${countOf(rows.length)})`}
            actions={
              <SpaceBetween direction='horizontal' size='xs'>
                <Button iconName='refresh' ariaLabel='Refresh' onClick={refresh} />
                <Button disabled={selected.length === 0} onClick={() => setAsking('delete')}>Delete</Button>
                <Button disabled={selected.length !== 1} onClick={() => setAsking('truncate')}>Truncate</Button>
                <Button variant='primary' onClick={() => navigate(linkTo(['tables'], { create: 'form' }))}>Create table</Button>
              </SpaceBetween>
            }
          >
            Tables
          </Header>
        }
        filter={
          <TextFilter
            filteringText={filter}
            filteringPlaceholder='Part of a name'
            filteringAriaLabel='Part of a name'
            countText={filter === '' ? '' : `${countOf(filteredItemsCount ?? rows.length)} tables`}
            onChange={({ detail }) => navigate(linkWith({ filter: detail.filteringText }), { replace: true })}
          />
        }
        pagination={<Pagination {...paginationProps} />}
        empty={<Box textAlign='center' padding='l'>{names.isError ? <StatusIndicator type='error'>{textOf(names.error)}</StatusIndicator> : 'There is no table.'}</Box>}
        columnDefinitions={[
          { id: 'name', header: 'Name', sortingField: 'name', isRowHeader: true, cell: ({ name }) => <Link href={linkTo(['tables', name])}>{name}</Link> },
          { id: 'status', header: 'Status', sortingComparator: by(({ table }) => table?.TableStatus ?? ''), cell: ({ table }) => table?.TableStatus ?? '…' },
          { id: 'keys', header: 'Keys', cell: ({ table }) => table ? <bdi>{describeKeys(table.KeySchema, table)}</bdi> : '…' },
          { id: 'indexes', header: 'Indexes', cell: ({ table }) => indexCount(table) },
          { id: 'items', header: 'Items', sortingComparator: by(({ table }) => table?.ItemCount ?? 0), cell: ({ name, table }) => <Link href={linkTo(['items', name])} ariaLabel={`Items of ${name}: ${table?.ItemCount ?? 0}`}>{countOf(table?.ItemCount ?? 0)}</Link> },
          { id: 'size', header: 'Size', sortingComparator: by(({ table }) => table?.TableSizeBytes ?? 0), cell: ({ table }) => bytesOf(table?.TableSizeBytes ?? 0) },
          { id: 'billing', header: 'Billing', cell: ({ table }) => table ? billingOf(table) : '…' },
          { id: 'ttl', header: 'TTL', cell: ({ name }) => <TimeToLive table={name} /> },
          { id: 'stream', header: 'Stream', cell: ({ table }) => table?.StreamSpecification?.StreamEnabled ? table.StreamSpecification.StreamViewType : 'off' },
          { id: 'pitr', header: 'PITR', cell: ({ name }) => <PointInTimeRecovery table={name} /> },
        ]}
      />
      {asking === 'delete' && <DeleteTables names={selected.map(({ name }) => name)} onClose={() => { setAsking(undefined); setSelected([]) }} />}
      {asking === 'truncate' && selected[0]?.table && <TruncateTable table={selected[0].table} onClose={() => setAsking(undefined)} />}
    </>
  )
}

const indexCount = (table: TableDescription | undefined): number => (table?.GlobalSecondaryIndexes?.length ?? 0) + (table?.LocalSecondaryIndexes?.length ?? 0)

function by (value: (row: Row) => string | number): (a: Row, b: Row) => number {
  return (a, b) => value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0
}
