import { useRef } from 'react'
import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { useMutation } from '@tanstack/react-query'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import { useDynamodb } from '../../access/aws.ts'
import { writeBatches } from '../../access/write-batches.ts'
import { tell, tellError } from '../../shell/messages.tsx'
import { saveFile } from '../../widgets/save-file.ts'
import { countOf } from '../../widgets/numbers.ts'
import type { Search } from './builder.ts'
import { findAll } from './run-search.ts'
import { fromCsv, fromJsonText, toCsv } from './transfer.ts'
import { toDynamoJson } from './values.ts'

/** Everything that a search finds as a file, and items from a file. */
export function TransferMenu ({ table, search, onImported }: { table: TableDescription, search: Search, onImported: () => void }) {
  const client = useDynamodb()
  const file = useRef<HTMLInputElement>(null)
  const name = table.TableName ?? ''

  const save = useMutation({
    async mutationFn (format: string) {
      const items = await findAll(client, table, search)
      if (format === 'csv') saveFile(`${name}.csv`, 'text/csv', toCsv(items))
      else saveFile(`${name}.json`, 'application/json', `[\n${items.map((item) => JSON.stringify(toDynamoJson(item))).join(',\n')}\n]\n`)
      tell('success', `${countOf(items.length)} items are exported.`)
    },
    onError: tellError,
  })
  const load = useMutation({
    async mutationFn (chosen: File) {
      const text = await chosen.text()
      const items = chosen.name.endsWith('.csv') ? await fromCsv(text, table) : fromJsonText(text)
      await writeBatches(client, name, items.map((Item) => ({ PutRequest: { Item } })))
      tell('success', `${countOf(items.length)} items are imported.`)
      onImported()
    },
    onError: tellError,
  })
  return (
    <>
      <ButtonDropdown
        loading={save.isPending || load.isPending}
        items={[
          { id: 'json', text: 'Export what is found as JSON' }, { id: 'csv', text: 'Export what is found as CSV' }, { id: 'import', text: 'Import JSON or CSV' },
        ]}
        onItemClick={({ detail }) => detail.id === 'import' ? file.current?.click() : save.mutate(detail.id)}
      >
        Transfer
      </ButtonDropdown>
      <input
        ref={file}
        type='file'
        hidden
        accept='.json,.jsonl,.csv'
        aria-label='File to import'
        onChange={({ target }) => {
          const chosen = target.files?.[0]
          if (chosen) load.mutate(chosen)
          target.value = ''
        }}
      />
    </>
  )
}
