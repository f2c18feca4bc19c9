import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import Textarea from '@cloudscape-design/components/textarea'
import { fromDynamoJson, toDynamoJson, typeOfValue, type Item } from './values.ts'

/** One attribute of an item as it is written in the form: nested values and sets in DynamoDB's JSON. */
export interface Field {
  name: string
  type: string
  text: string
}

const TYPES = [
  { value: 'S', label: 'String' }, { value: 'N', label: 'Number' }, { value: 'BOOL', label: 'Boolean' }, { value: 'NULL', label: 'Null' }, { value: 'B', label: 'Binary (Base64)' },
  { value: 'SS', label: 'String set' }, { value: 'NS', label: 'Number set' }, { value: 'BS', label: 'Binary set' }, { value: 'L', label: 'List' }, { value: 'M', label: 'Map' },
]

/** What is written as it is; everything else as JSON. */
const AS_TEXT: ReadonlySet<string> = new Set(['S', 'N', 'B'])

export function fieldsOf (item: Item): Field[] {
  return Object.entries(toDynamoJson(item)).map(([name, json]) => {
    const type = typeOfValue(item[name]!) // its members are the item's
    const value = (json as Record<string, unknown>)[type] // DynamoDB's JSON
    return { name, type, text: typeof value === 'string' ? value : JSON.stringify(value) }
  })
}

/** @throws what is no value, by its attribute */
export function itemOf (fields: readonly Field[]): Item {
  const json: Record<string, unknown> = {}
  for (const { name, type, text } of fields) {
    if (name === '') continue
    if (Object.hasOwn(json, name)) throw new Error(`There are two attributes ${name}`)
    let value: unknown = text
    if (type === 'NULL') value = true
    else if (!AS_TEXT.has(type)) {
      try {
        value = JSON.parse(text)
      } catch {
        throw new Error(`${name}: ${text === '' ? 'its value is empty' : 'its value is no JSON'}`)
      }
    }
    Object.defineProperty(json, name, { value: { [type]: value }, enumerable: true }) // also one that is called __proto__
  }
  return fromDynamoJson(json)
}

/** @param fixed  attributes that stay as they are: the key of an item that is edited */
export function ItemFields ({ fields, fixed, onChange }: { fields: readonly Field[], fixed: readonly string[], onChange: (fields: readonly Field[]) => void }) {
  const set = (at: number, changes: Partial<Field>) => onChange(fields.map((field, place) => place === at ? { ...field, ...changes } : field))
  return (
    <AttributeEditor
      items={fields}
      addButtonText='Add an attribute'
      removeButtonText='Remove'
      isItemRemovable={({ name }) => !fixed.includes(name)}
      onAddButtonClick={() => onChange([...fields, { name: '', type: 'S', text: '' }])}
      onRemoveButtonClick={({ detail }) => onChange(fields.filter((_, place) => place !== detail.itemIndex))}
      definition={[
        { label: 'Name', control: ({ name }, at) => <Input value={name} disabled={fixed.includes(name)} onChange={({ detail }) => set(at, { name: detail.value })} /> },
        { label: 'Type', control: ({ name, type }, at) => <Select options={TYPES} disabled={fixed.includes(name)} selectedOption={TYPES.find(({ value }) => value === type) ?? null} onChange={({ detail }) => set(at, { type: detail.selectedOption.value ?? 'S' })} /> },
        {
          label: 'Value',
          control: ({ name, type, text }, at) => (
            <Textarea
              rows={text.length > 60 || text.includes('\n') ? 4 : 1}
              value={text}
              disabled={fixed.includes(name) || type === 'NULL'}
              placeholder={type === 'BOOL' ? 'true or false' : AS_TEXT.has(type) ? '' : 'JSON'}
              onChange={({ detail }) => set(at, { text: detail.value })}
            />
          ),
        },
      ]}
    />
  )
}
