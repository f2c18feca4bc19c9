import { useState } from 'react'
import { CreateCollectionCommand, DeleteCollectionCommand, paginateListCollections, paginateListFaces, type Face, type RekognitionClient } from '@aws-sdk/client-rekognition'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useRekognition } from '../../access/rekognition.ts'
import { useScope } from '../../access/scope.tsx'
import { linkWith, useAddress } from '../../shell/address.ts'
import { tell, tellError } from '../../shell/messages.tsx'
import { Confirm } from '../../widgets/confirm.tsx'
import { Text } from '../../widgets/text.tsx'

/** The collections of the account, and the faces of one. */
export function Collections () {
  const { account, region } = useScope()
  const { params } = useAddress()
  const rekognition = useRekognition()
  const queries = useQueryClient()
  const chosen = params.get('collection') ?? undefined
  const [name, setName] = useState('')
  const [deleting, setDeleting] = useState<string>()
  const refresh = () => queries.invalidateQueries({ queryKey: ['collections'] })
  const { data } = useQuery({ queryKey: ['collections', account, region], queryFn: () => listCollections(rekognition) })
  const create = useMutation({
    mutationFn: () => rekognition.send(new CreateCollectionCommand({ CollectionId: name })),
    async onSuccess () {
      tell('success', `The collection ${name} is created.`)
      setName('')
      await refresh()
    },
    onError: tellError,
  })
  return (
    <SpaceBetween size='l'>
      <Table
        header={
          <Header
            variant='h2'
            counter={`(${data?.length ?? 0})`}
            actions={
              <SpaceBetween direction='horizontal' size='xs'>
                <Input value={name} ariaLabel='Name of a new collection' placeholder='Name of a new collection' onChange={({ detail }) => setName(detail.value)} />
                <Button disabled={name === ''} loading={create.isPending} onClick={() => create.mutate()}>Create collection</Button>
              </SpaceBetween>
            }
          >
            Collections
          </Header>
        }
        items={data ?? []}
        loading={!data}
        loadingText='Loading'
        empty={<Box textAlign='center'>There is no collection.</Box>}
        columnDefinitions={[
          { id: 'name', header: 'Collection', isRowHeader: true, cell: (id) => <Link href={linkWith({ collection: id })}>{id}</Link> },
          { id: 'delete', header: 'Delete', cell: (id) => <Button iconName='remove' variant='inline-icon' ariaLabel={`Delete ${id}`} onClick={() => setDeleting(id)} /> },
        ]}
      />
      {chosen !== undefined && <FaceList collection={chosen} />}
      {deleting !== undefined && (
        <Confirm title='Delete the collection' action='Delete' run={async () => { await rekognition.send(new DeleteCollectionCommand({ CollectionId: deleting })); await refresh() }} onClose={() => setDeleting(undefined)}>
          <Box>All faces of <b>{deleting}</b> go with it.</Box>
        </Confirm>
      )}
    </SpaceBetween>
  )
}

function FaceList ({ collection }: { collection: string }) {
  const { account, region } = useScope()
  const rekognition = useRekognition()
  const { data } = useQuery({ queryKey: ['collections', account, region, 'faces', collection], queryFn: () => listFaces(rekognition, collection) })
  return (
    <Table
      header={<Header variant='h2' counter={`(${data?.length ?? 0})`}>Faces of <Text>{collection}</Text></Header>}
      items={data ?? []}
      loading={!data}
      loadingText='Loading'
      empty={<Box textAlign='center'>It has no face.</Box>}
      columnDefinitions={[
        { id: 'id', header: 'Face', isRowHeader: true, cell: ({ FaceId }) => FaceId },
        { id: 'external', header: 'External image id', cell: ({ ExternalImageId = '' }) => <Text>{ExternalImageId}</Text> },
        { id: 'confidence', header: 'Confidence', cell: ({ Confidence }) => `${Confidence?.toFixed(2)} %` },
      ]}
    />
  )
}

async function listCollections (client: RekognitionClient): Promise<string[]> {
  const ids: string[] = []
  for await (const { CollectionIds = [] } of paginateListCollections({ client }, {})) ids.push(...CollectionIds)
  return ids
}

async function listFaces (client: RekognitionClient, CollectionId: string): Promise<Face[]> {
  const faces: Face[] = []
  for await (const { Faces = [] } of paginateListFaces({ client }, { CollectionId })) faces.push(...Faces)
  return faces
}
