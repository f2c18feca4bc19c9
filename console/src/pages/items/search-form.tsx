import { useState } from 'react'
import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { useQueryClient } from '@tanstack/react-query'
import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { BASE, linkTo, navigate } from '../../shell/address.ts'
import { keysOf, typeOf } from '../tables/describe.ts'
import { FILTER_OPERATORS, FILTER_TYPES, indexesOf, RANGE_OPERATORS, schemaOf, writeSearch, type Condition, type Search } from './builder.ts'

const options = (values: readonly string[]) => values.map((value) => ({ value }))

/** Builds a search from the keys and indexes of a table; running it makes it the page's address. */
export function SearchForm ({ table, search }: { table: TableDescription, search: Search }) {
  const [draft, setDraft] = useState(search)
  const queries = useQueryClient()
  const set = (changes: Partial<Search>) => setDraft({ ...draft, ...changes })
  const setFilter = (at: number, changes: Partial<Condition>) => set({ filters: draft.filters.map((filter, place) => place === at ? { ...filter, ...changes } : filter) })

  function run () {
    const url = new URL(linkTo(['items', table.TableName ?? '']), `${location.origin}${BASE}`)
    for (const [name, value] of writeSearch(draft)) url.searchParams.append(name, value)
    navigate(`${url.pathname}${url.search}`)
    void queries.invalidateQueries({ queryKey: ['items'] })
  }
  return (
    <Container>
      <form onSubmit={(event) => { event.preventDefault(); run() }}>
        <SpaceBetween size='m'>
          <SegmentedControl
            label='Kind of search'
            selectedId={draft.mode}
            options={[{ id: 'scan', text: 'Scan' }, { id: 'query', text: 'Query' }, { id: 'partiql', text: 'PartiQL' }]}
            onChange={({ detail }) => set({ mode: detail.selectedId as Search['mode'], ...detail.selectedId === 'partiql' && draft.statement === '' && { statement: `SELECT * FROM "${table.TableName}"` } })} // one of the options
          />
          {draft.mode === 'partiql'
            ? <FormField label='Statement' stretch><Textarea value={draft.statement} onChange={({ detail }) => set({ statement: detail.value })} rows={4} /></FormField>
            : <Where table={table} draft={draft} set={set} />}
          {draft.mode !== 'partiql' && (
            <AttributeEditor
              items={draft.filters}
              empty='No filter.'
              addButtonText='Add a filter'
              removeButtonText='Remove'
              onAddButtonClick={() => set({ filters: [...draft.filters, { attribute: '', operator: '=', type: 'S', value: '' }] })}
              onRemoveButtonClick={({ detail }) => set({ filters: draft.filters.filter((_, place) => place !== detail.itemIndex) })}
              definition={[
                { label: 'Attribute', control: ({ attribute }, at) => <Input value={attribute} onChange={({ detail }) => setFilter(at, { attribute: detail.value })} /> },
                { label: 'Condition', control: ({ operator }, at) => <Select selectedOption={{ value: operator }} options={options(FILTER_OPERATORS)} onChange={({ detail }) => setFilter(at, { operator: detail.selectedOption.value ?? '=' })} /> },
                { label: 'Type', control: ({ type }, at) => <Select selectedOption={{ value: type }} options={options(FILTER_TYPES)} onChange={({ detail }) => setFilter(at, { type: detail.selectedOption.value ?? 'S' })} /> },
                { label: 'Value', control: ({ value, operator }, at) => <Input value={value} disabled={operator.startsWith('attribute_')} onChange={({ detail }) => setFilter(at, { value: detail.value })} /> },
              ]}
            />
          )}
          <Button variant='primary' formAction='submit'>Run</Button>
        </SpaceBetween>
      </form>
    </Container>
  )
}

function Where ({ table, draft, set }: { table: TableDescription, draft: Search, set: (changes: Partial<Search>) => void }) {
  const { hash, range } = keysOf(schemaOf(table, draft.index))
  const setKey = (name: string, value: string) => set({ keys: { ...draft.keys, [name]: value } })
  const indexes = [{ value: '', label: `Table: ${table.TableName}` }, ...indexesOf(table).map((value) => ({ value, label: `Index: ${value}` }))]
  return (
    <SpaceBetween size='m' direction='horizontal' alignItems='end'>
      <FormField label='Table or index'>
        <Select options={indexes} selectedOption={indexes.find(({ value }) => value === draft.index) ?? null} onChange={({ detail }) => set({ index: detail.selectedOption.value ?? '' })} />
      </FormField>
      {draft.mode === 'query' && hash.map((name) => (
        <FormField key={name} label={`${name} (${typeOf(table, name)})`}><Input value={draft.keys[name] ?? ''} onChange={({ detail }) => setKey(name, detail.value)} /></FormField>
      ))}
      {draft.mode === 'query' && range.map((name, place) => (
        <SpaceBetween key={name} size='xs' direction='horizontal' alignItems='end'>
          {place === range.length - 1 && (
            <FormField label={`How ${name} compares`}>
              <Select options={options(RANGE_OPERATORS)} selectedOption={{ value: draft.rangeOperator }} onChange={({ detail }) => set({ rangeOperator: detail.selectedOption.value ?? '=' })} />
            </FormField>
          )}
          <FormField label={`${name} (${typeOf(table, name)})`}><Input value={draft.keys[name] ?? ''} placeholder='any' onChange={({ detail }) => setKey(name, detail.value)} /></FormField>
          {draft.rangeOperator === 'BETWEEN' && place === range.length - 1 && (
            <FormField label='and'><Input value={draft.rangeTo} onChange={({ detail }) => set({ rangeTo: detail.value })} /></FormField>
          )}
        </SpaceBetween>
      ))}
      <FormField label='Items examined at most'><Input type='number' value={String(draft.limit)} onChange={({ detail }) => set({ limit: Number(detail.value) || 50 })} /></FormField>
      {draft.mode === 'query' && <Checkbox checked={draft.descending} onChange={({ detail }) => set({ descending: detail.checked })}>Descending</Checkbox>}
      <Checkbox checked={draft.consistent} onChange={({ detail }) => set({ consistent: detail.checked })}>Consistent read</Checkbox>
    </SpaceBetween>
  )
}
