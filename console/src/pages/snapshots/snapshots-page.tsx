import { useRef, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { control, controlUrl } from '../../access/control.ts'
import { tell, tellError } from '../../shell/messages.tsx'
import { Confirm } from '../../widgets/confirm.tsx'
import { bytesOf, timeOf } from '../../widgets/numbers.ts'
import { Comparison } from './comparison.tsx'

type Asking = { what: 'restore' | 'delete', name: string }

/** The saved states of all services. */
export default function SnapshotsPage () {
  const queries = useQueryClient()
  const file = useRef<HTMLInputElement>(null)
  const [name, setName] = useState('')
  const [asking, setAsking] = useState<Asking>()
  const { data } = useQuery({ queryKey: ['snapshots'], queryFn: () => control('GET /snapshots') })
  const refresh = () => queries.invalidateQueries({ queryKey: ['snapshots'] })
  const save = useMutation({
    mutationFn: () => control('POST /snapshots', undefined, { name }),
    async onSuccess () {
      tell('success', `The state is saved as ${name}.`)
      setName('')
      await refresh()
    },
    onError: tellError,
  })
  const upload = useMutation({
    async mutationFn (chosen: File) {
      const as = chosen.name.replace(/\.(json\.)?gz$/, '').toLowerCase()
      const response = await fetch(controlUrl(`/snapshots/${encodeURIComponent(as)}`), { method: 'PUT', body: chosen })
      if (!response.ok) throw new Error((await response.json() as { message: string }).message) // as the API refuses
      tell('success', `The snapshot ${as} is there.`)
    },
    onError: tellError,
    onSettled: refresh,
  })
  async function run () {
    if (asking?.what === 'restore') {
      await control('POST /snapshots/{name}/restore', `/snapshots/${encodeURIComponent(asking.name)}/restore`)
      tell('success', `The state of ${asking.name} is restored.`)
      await queries.invalidateQueries()
    } else if (asking) {
      await control('DELETE /snapshots/{name}', `/snapshots/${encodeURIComponent(asking.name)}`)
      await refresh()
    }
  }
  return (
    <ContentLayout header={<Header variant='h1' description='The state of all services and the clock, by name. Names are of a-z 0-9 . _ -'>Snapshots</Header>}>
      <SpaceBetween size='l'>
        <Table
          header={
            <Header
              variant='h2'
              counter={`(${data?.snapshots.length ?? 0})`}
              actions={
                <SpaceBetween direction='horizontal' size='xs'>
                  <Button onClick={() => file.current?.click()} loading={upload.isPending}>Upload</Button>
                  <Input value={name} ariaLabel='Name of a new snapshot' placeholder='Name of a new snapshot' onChange={({ detail }) => setName(detail.value)} />
                  <Button variant='primary' disabled={name === ''} loading={save.isPending} onClick={() => save.mutate()}>Save the state</Button>
                </SpaceBetween>
            }
            >
              Saved states
            </Header>
        }
          items={data?.snapshots ?? []}
          trackBy='name'
          loading={!data}
          loadingText='Loading'
          empty={<Box textAlign='center'>No state is saved.</Box>}
          columnDefinitions={[
            { id: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => name },
            { id: 'size', header: 'Size', cell: ({ bytes }) => bytesOf(bytes) },
            { id: 'time', header: 'Its time', cell: ({ clock }) => `${timeOf(clock.epochMs)}${clock.frozen ? ', frozen' : ''}` },
            { id: 'restore', header: 'Restore', cell: ({ name }) => <Button variant='inline-link' ariaLabel={`Restore ${name}`} onClick={() => setAsking({ what: 'restore', name })}>Restore</Button> },
            { id: 'download', header: 'Download', cell: ({ name }) => <Link external={false} href={controlUrl(`/snapshots/${encodeURIComponent(name)}`)} ariaLabel={`Download ${name}`}>Download</Link> },
            { id: 'delete', header: 'Delete', cell: ({ name }) => <Button iconName='remove' variant='inline-icon' ariaLabel={`Delete ${name}`} onClick={() => setAsking({ what: 'delete', name })} /> },
          ]}
        />
        {data && data.snapshots.length > 1 && <Comparison names={data.snapshots.map(({ name }) => name)} />}
      </SpaceBetween>
      <input ref={file} type='file' hidden accept='.gz' aria-label='Snapshot to upload' onChange={({ target }) => { const chosen = target.files?.[0]; if (chosen) upload.mutate(chosen); target.value = '' }} />
      {asking && (
        <Confirm title={asking.what === 'restore' ? 'Restore the state' : 'Delete the snapshot'} action={asking.what === 'restore' ? 'Restore' : 'Delete'} run={run} onClose={() => setAsking(undefined)}>
          <Box>{asking.what === 'restore' ? <>Everything is replaced by <b>{asking.name}</b>, the clock included.</> : <>The snapshot <b>{asking.name}</b> is deleted.</>}</Box>
        </Confirm>
      )}
    </ContentLayout>
  )
}
