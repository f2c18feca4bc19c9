import type { CreateTableCommandInput, ScalarAttributeType } from '@aws-sdk/client-dynamodb'
import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import FormField from '@cloudscape-design/components/form-field'
import Grid from '@cloudscape-design/components/grid'
import Input from '@cloudscape-design/components/input'
import Select, { type SelectProps } from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'

interface KeyAttribute { name: string, type: ScalarAttributeType }
interface NewIndex { name: string, hash: KeyAttribute, range: KeyAttribute }

/** What the form holds; a range key without a name is none. */
export interface NewTable {
  name: string
  hash: KeyAttribute
  range: KeyAttribute
  indexes: readonly NewIndex[]
  /** `undefined` is on demand. */
  units: string
  stream: string
  ttl: string
}

const NO_KEY: KeyAttribute = { name: '', type: 'S' }
export const EMPTY_TABLE: NewTable = { name: '', hash: { name: 'id', type: 'S' }, range: NO_KEY, indexes: [], units: '', stream: '', ttl: '' }

/** The input of CreateTable that the form stands for. */
export function inputOf ({ name, hash, range, indexes, units, stream }: NewTable): CreateTableCommandInput {
  const attributes = new Map<string, ScalarAttributeType>()
  const schemaOf = (hash: KeyAttribute, range: KeyAttribute) => {
    for (const key of [hash, range]) if (key.name !== '') attributes.set(key.name, key.type)
    return [{ AttributeName: hash.name, KeyType: 'HASH' as const }, ...range.name === '' ? [] : [{ AttributeName: range.name, KeyType: 'RANGE' as const }]]
  }
  const throughput = units === '' ? {} : { ProvisionedThroughput: { ReadCapacityUnits: Number(units), WriteCapacityUnits: Number(units) } }
  const KeySchema = schemaOf(hash, range)
  const globals = indexes.map((index) => ({ IndexName: index.name, KeySchema: schemaOf(index.hash, index.range), Projection: { ProjectionType: 'ALL' as const }, ...throughput }))
  return {
    TableName: name,
    AttributeDefinitions: [...attributes].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema,
    BillingMode: units === '' ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    ...throughput,
    ...globals.length > 0 && { GlobalSecondaryIndexes: globals },
    ...stream !== '' && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream as 'NEW_IMAGE' } }, // one of the options
  }
}

const TYPES = [{ value: 'S', label: 'String' }, { value: 'N', label: 'Number' }, { value: 'B', label: 'Binary' }]
const STREAMS = [{ value: '', label: 'No stream' }, ...['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'].map((value) => ({ value, label: value }))]

export function TableFields ({ table, onChange }: { table: NewTable, onChange: (table: NewTable) => void }) {
  const set = (changes: Partial<NewTable>) => onChange({ ...table, ...changes })
  const setIndex = (at: number, changes: Partial<NewIndex>) => set({ indexes: table.indexes.map((index, place) => place === at ? { ...index, ...changes } : index) })
  return (
    <SpaceBetween size='l'>
      <FormField label='Table name' description='3 to 255 letters, digits and _ . -'>
        <Input value={table.name} onChange={({ detail }) => set({ name: detail.value })} autoFocus />
      </FormField>
      <Grid gridDefinition={[{ colspan: 6 }, { colspan: 6 }]}>
        <KeyField label='Hash key' value={table.hash} onChange={(hash) => set({ hash })} />
        <KeyField label='Range key' value={table.range} onChange={(range) => set({ range })} />
      </Grid>
      <AttributeEditor
        items={table.indexes}
        empty='No global secondary index.'
        addButtonText='Add a global secondary index'
        removeButtonText='Remove'
        onAddButtonClick={() => set({ indexes: [...table.indexes, { name: '', hash: NO_KEY, range: NO_KEY }] })}
        onRemoveButtonClick={({ detail }) => set({ indexes: table.indexes.filter((_, place) => place !== detail.itemIndex) })}
        definition={[
          { label: 'Index name', control: (index, at) => <Input value={index.name} onChange={({ detail }) => setIndex(at, { name: detail.value })} /> },
          { label: 'Hash key of the index', control: (index, at) => <Key value={index.hash} label='Type of the hash key' onChange={(hash) => setIndex(at, { hash })} /> },
          { label: 'Range key of the index', control: (index, at) => <Key value={index.range} label='Type of the range key' onChange={(range) => setIndex(at, { range })} /> },
        ]}
      />
      <Grid gridDefinition={[{ colspan: 4 }, { colspan: 4 }, { colspan: 4 }]}>
        <FormField label='Provisioned units' description='For reads and for writes; none for on demand.'>
          <Input type='number' value={table.units} onChange={({ detail }) => set({ units: detail.value })} />
        </FormField>
        <FormField label='Stream' description='Which images a change carries.'>
          <Select options={STREAMS} selectedOption={optionOf(STREAMS, table.stream)} onChange={({ detail }) => set({ stream: detail.selectedOption.value ?? '' })} />
        </FormField>
        <FormField label='TTL attribute' description='Holds the time of expiry in epoch seconds; none for items that stay.'>
          <Input value={table.ttl} onChange={({ detail }) => set({ ttl: detail.value })} />
        </FormField>
      </Grid>
    </SpaceBetween>
  )
}

function KeyField ({ label, ...key }: { label: string, value: KeyAttribute, onChange: (key: KeyAttribute) => void }) {
  return <FormField label={label}><Key label={`Type of the ${label.toLowerCase()}`} {...key} /></FormField>
}

function Key ({ value, label, onChange }: { value: KeyAttribute, label: string, onChange: (key: KeyAttribute) => void }) {
  return (
    <Grid disableGutters gridDefinition={[{ colspan: 7 }, { colspan: 5 }]}>
      <Input value={value.name} placeholder='none' onChange={({ detail }) => onChange({ ...value, name: detail.value })} />
      <Select
        ariaLabel={label}
        options={TYPES}
        selectedOption={optionOf(TYPES, value.type)}
        onChange={({ detail }) => onChange({ ...value, type: detail.selectedOption.value as ScalarAttributeType })} // one of the options
      />
    </Grid>
  )
}

const optionOf = (options: SelectProps.Option[], value: string): SelectProps.Option => options.find((option) => option.value === value) ?? { value }
