import { useDeferredValue, useState } from 'react'
import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { useDynamodb } from '../../access/aws.ts'
import { writeBatches } from '../../access/write-batches.ts'
import { useScope } from '../../access/scope.tsx'
import { useClock } from '../../live/clock.ts'
import { tell, textOf } from '../../shell/messages.tsx'
import { Confirm } from '../../widgets/confirm.tsx'
import { durationOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { keysOf } from '../tables/describe.ts'
import { useTimeToLive } from '../tables/recovery-cells.tsx'
import type { Search } from './builder.ts'
import { ItemEditor, type Editing } from './item-editor.tsx'
import { RunFacts } from './run-facts.tsx'
import { runSearch, type Position } from './run-search.ts'
import { TransferMenu } from './transfer-menu.tsx'
import { attributeOf, shownValue, type Item } from './values.ts'

/** Attributes that are shown beside the keys. */
const MOST_COLUMNS = 8

const NO_ITEMS: readonly Item[] = []

/** What a search found, page by page, and what can be done with it. */
export function Results ({ table, search }: { table: TableDescription, search: Search }) {
  const client = useDynamodb()
  const scope = useScope()
  const queries = useQueryClient()
  const name = table.TableName ?? ''
  const [positions, setPositions] = useState<Position[]>([undefined])
  const [selected, setSelected] = useState<readonly Item[]>([])
  const [editing, setEditing] = useState<Editing>()
  const [deleting, setDeleting] = useState(false)
  const ttl = useTimeToLive(name).data ?? ''

  const { hash, range } = keysOf(table.KeySchema)
  const keyNames = [...hash, ...range]
  const keyOf = (item: Item): Item => Object.fromEntries(keyNames.flatMap((key) => item[key] ? [[key, item[key]]] : []))
  const idOf = (item: Item): string => JSON.stringify(keyNames.map((key) => shownValue(item[key])))

  const isReady = search.mode !== 'partiql' || search.statement !== ''
  const run = useQuery({
    queryKey: ['items', scope.account, scope.region, name, search, positions.length],
    enabled: isReady,
    placeholderData: keepPreviousData,
    // Each run is metered: only what the person does makes one.
    staleTime: Infinity,
    queryFn: () => runSearch(client, table, search, positions.at(-1)),
  })
  const { data } = run
  // Drawn in pieces, between which the browser answers.
  const items = useDeferredValue(data?.items ?? NO_ITEMS)
  const refresh = async () => {
    setSelected([])
    await queries.invalidateQueries({ queryKey: ['items'] })
    void queries.invalidateQueries({ queryKey: ['tables'] })
  }
  async function deleteSelected () {
    await writeBatches(client, name, selected.map((item) => ({ DeleteRequest: { Key: keyOf(item) } })))
    tell('success', `${selected.length} items are deleted.`)
    await refresh()
  }
  return (
    <SpaceBetween size='l'>
      {run.isError && <StatusIndicator type='error'>{textOf(run.error)}</StatusIndicator>}
      {data && <RunFacts found={data} />}
      <Table
        items={items}
        trackBy={idOf}
        loading={run.isPending && isReady}
        loadingText='Loading'
        selectionType='multi'
        selectedItems={[...selected]}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
        ariaLabels={{ tableLabel: 'Items', selectionGroupLabel: 'Items', allItemsSelectionLabel: () => 'Select all', itemSelectionLabel: (_, item) => `Select ${idOf(item)}` }}
        wrapLines={false}
        resizableColumns
        empty={<Box textAlign='center'>Nothing was found{data?.next ? ' on this page' : ''}.</Box>}
        header={
          <Header
            counter={`(${items.length}${data?.next ? '+' : ''})`}
            actions={
              <SpaceBetween direction='horizontal' size='xs'>
                <Button iconName='refresh' ariaLabel='Run again' onClick={() => { void refresh() }} />
                <Button disabled={positions.length === 1} onClick={() => setPositions(positions.slice(0, -1))}>Previous page</Button>
                <Button disabled={!data?.next} onClick={() => setPositions([...positions, data?.next])}>Next page</Button>
                <TransferMenu table={table} search={search} onImported={() => { void refresh() }} />
                <Button disabled={selected.length !== 1} onClick={() => setEditing({ kind: 'duplicate', item: selected[0]! })}>Duplicate</Button>
                <Button disabled={selected.length === 0} onClick={() => setDeleting(true)}>Delete</Button>
                <Button variant='primary' onClick={() => setEditing({ kind: 'create' })}>Create item</Button>
              </SpaceBetween>
            }
          >
            Found
          </Header>
        }
        columnDefinitions={[
          ...columnsOf(items, keyNames).map((attribute) => ({
            // An attribute may have any name, such as `__proto__`.
            id: `attribute ${attribute}`,
            header: <Text>{attribute}</Text>,
            minWidth: 90,
            isRowHeader: attribute === keyNames[0],
            cell: (item: Item) => attribute === keyNames[0]
              ? <Link variant='primary' onFollow={() => setEditing({ kind: 'edit', item })}><Text>{shownValue(attributeOf(item, attribute)) || '(empty)'}</Text></Link>
              : <Text>{shownValue(attributeOf(item, attribute))}</Text>,
          })),
          ...ttl === '' ? [] : [{ id: ' ttl', header: 'Expires', cell: (item: Item) => <Expiry at={item[ttl]?.N} /> }],
        ]}
      />
      {editing && <ItemEditor key={editing.kind} table={table} editing={editing} onClose={() => setEditing(undefined)} onSaved={() => { void refresh() }} />}
      {deleting && (
        <Confirm title={`Delete ${selected.length} items`} action='Delete' run={deleteSelected} onClose={() => setDeleting(false)}>
          <Box>This cannot be undone.</Box>
        </Confirm>
      )}
    </SpaceBetween>
  )
}

/** The keys, then what most items have. */
function columnsOf (items: readonly Item[], keyNames: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const item of items) for (const name of Object.keys(item)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const others = [...counts].filter(([name]) => !keyNames.includes(name)).sort(([, a], [, b]) => b - a).map(([name]) => name)
  return [...keyNames, ...others.slice(0, MOST_COLUMNS)]
}

function Expiry ({ at }: { at: string | undefined }) {
  const now = useClock()?.now
  const ms = Number(at) * 1000
  if (at === undefined || now === undefined || !Number.isFinite(ms)) return <>never</>
  return ms > now ? <>in {durationOf(ms - now)}</> : <>{durationOf(now - ms)} ago</>
}
