import { useState } from 'react'
import { CreateTableCommand, UpdateTimeToLiveCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { useDynamodb } from '../../access/aws.ts'
import { linkWith, navigate, useAddress } from '../../shell/address.ts'
import { tell, textOf } from '../../shell/messages.tsx'
import { JsonEditor } from '../../widgets/json-editor.tsx'
import { EMPTY_TABLE, inputOf, TableFields, type NewTable } from './table-fields.tsx'

/** A new table, from a form or from the JSON of CreateTable. @param onDone  called with its name, or without when it is given up */
export function CreateTable ({ onDone }: { onDone: (created?: string) => void }) {
  const { params } = useAddress()
  const tab = params.get('create') === 'json' ? 'json' : 'form'
  const client = useDynamodb()
  const queries = useQueryClient()
  const [table, setTable] = useState<NewTable>(EMPTY_TABLE)
  const [text, setText] = useState<string>()
  const json = text ?? JSON.stringify(inputOf(table), null, 2)

  const create = useMutation({
    async mutationFn () {
      const input = tab === 'form' ? inputOf(table) : JSON.parse(json) as CreateTableCommandInput // the emulator checks it
      await client.send(new CreateTableCommand(input))
      if (tab === 'form' && table.ttl !== '') {
        await client.send(new UpdateTimeToLiveCommand({ TableName: table.name, TimeToLiveSpecification: { AttributeName: table.ttl, Enabled: true } }))
      }
      await queries.invalidateQueries({ queryKey: ['tables'] })
      return input.TableName
    },
    onSuccess (name) {
      tell('success', `The table ${name} is created.`)
      onDone(name)
    },
  })
  return (
    <Form
      header={<Header variant='h1'>Create table</Header>}
      errorText={create.isError ? textOf(create.error) : undefined}
      actions={
        <SpaceBetween direction='horizontal' size='xs'>
          <Button variant='link' onClick={() => onDone()}>Cancel</Button>
          <Button variant='primary' loading={create.isPending} onClick={() => create.mutate()}>Create</Button>
        </SpaceBetween>
      }
    >
      <Container>
        <Tabs
          activeTabId={tab}
          onChange={({ detail }) => {
            // The form's content is where the JSON begins.
            if (detail.activeTabId === 'json') setText(undefined)
            navigate(linkWith({ create: detail.activeTabId }), { replace: true })
          }}
          tabs={[
            { id: 'form', label: 'Form', content: <TableFields table={table} onChange={setTable} /> },
            { id: 'json', label: 'JSON of CreateTable', content: <JsonEditor label='Input of CreateTable' value={json} onChange={setText} height='420px' /> },
          ]}
        />
      </Container>
    </Form>
  )
}
