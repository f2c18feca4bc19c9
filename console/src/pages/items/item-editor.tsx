import { useState } from 'react'
import { PutItemCommand, type TableDescription } from '@aws-sdk/client-dynamodb'
import { useMutation } from '@tanstack/react-query'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useDynamodb } from '../../access/aws.ts'
import { tell, textOf } from '../../shell/messages.tsx'
import { JsonEditor } from '../../widgets/json-editor.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { keysOf, typeOf } from '../tables/describe.ts'
import { valueOf } from './builder.ts'
import { fieldsOf, ItemFields, itemOf, type Field } from './item-fields.tsx'
import { fromDynamoJson, fromPlainJson, shownValue, toDynamoJson, toPlainJson, type Item } from './values.ts'

/** Which item is written, and from what. */
export type Editing = { kind: 'create' } | { kind: 'edit' | 'duplicate', item: Item }

type View = 'form' | 'dynamodb' | 'plain'

const TITLES = { create: 'Create item', edit: 'Edit item', duplicate: 'Duplicate item' }

/** One item, as a form, in DynamoDB's JSON or in plain JSON. */
export function ItemEditor ({ table, editing, onClose, onSaved }: { table: TableDescription, editing: Editing, onClose: () => void, onSaved: () => void }) {
  const client = useDynamodb()
  const { hash, range } = keysOf(table.KeySchema)
  const keyNames = [...hash, ...range]
  const original: Item = editing.kind === 'create' ? Object.fromEntries(keyNames.map((key) => [key, valueOf(typeOf(table, key), typeOf(table, key) === 'N' ? '0' : '')])) : editing.item
  const [view, setView] = useState<View>('form')
  const [fields, setFields] = useState<readonly Field[]>(() => fieldsOf(original))
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string>()

  const read = (): Item => view === 'form' ? itemOf(fields) : view === 'dynamodb' ? fromDynamoJson(JSON.parse(text)) : fromPlainJson(JSON.parse(text))

  function show (next: View) {
    try {
      const item = read()
      const plain = next === 'plain' ? toPlainJson(item) : undefined
      if (next === 'plain' && !plain) throw new Error('Plain JSON cannot hold its sets, bytes or long numbers; DynamoDB JSON can')
      if (next === 'form') setFields(fieldsOf(item))
      else setText(JSON.stringify(plain ?? toDynamoJson(item), null, 2))
      setView(next)
      setProblem(undefined)
    } catch (error) {
      setProblem(textOf(error))
    }
  }

  const save = useMutation({
    async mutationFn () {
      const Item = read()
      if (editing.kind === 'edit') {
        const changed = keyNames.find((key) => JSON.stringify(toDynamoJson({ v: Item[key] ?? { NULL: true } })) !== JSON.stringify(toDynamoJson({ v: original[key] ?? { NULL: true } })))
        if (changed !== undefined) throw new Error(`The key attribute ${changed} cannot be changed; duplicate the item instead`)
      }
      // A new item does not replace another.
      const condition = editing.kind === 'edit' ? {} : { ConditionExpression: 'attribute_not_exists(#key)', ExpressionAttributeNames: { '#key': keyNames[0]! } }
      const { ConsumedCapacity } = await client.send(new PutItemCommand({ TableName: table.TableName, Item, ...condition, ReturnConsumedCapacity: 'TOTAL' }))
      tell('success', `The item ${keyNames.map((key) => shownValue(Item[key])).join(', ').slice(0, 200)} is saved: ${countOf(ConsumedCapacity?.CapacityUnits ?? 0)} write units.`)
    },
    onSuccess () {
      onSaved()
      onClose()
    },
  })
  return (
    <Modal
      visible
      size='large'
      header={TITLES[editing.kind]}
      onDismiss={onClose}
      footer={
        <Box float='right'>
          <SpaceBetween direction='horizontal' size='xs'>
            <Button variant='link' onClick={onClose}>Cancel</Button>
            <Button variant='primary' loading={save.isPending} onClick={() => save.mutate()}>Save</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size='m'>
        <SegmentedControl
          label='Show as'
          selectedId={view}
          options={[{ id: 'form', text: 'Form' }, { id: 'dynamodb', text: 'DynamoDB JSON' }, { id: 'plain', text: 'Plain JSON' }]}
          onChange={({ detail }) => show(detail.selectedId as View)} // one of the options
        />
        {view === 'form'
          ? <ItemFields fields={fields} fixed={editing.kind === 'edit' ? keyNames : []} onChange={setFields} />
          : <JsonEditor label='Item' value={text} onChange={setText} height='380px' />}
        {problem !== undefined && <Alert type='warning'>{problem}</Alert>}
        {save.isError && <Alert type='error'>{textOf(save.error)}</Alert>}
      </SpaceBetween>
    </Modal>
  )
}
