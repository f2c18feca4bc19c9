import { useState } from 'react'
import { DetectFacesCommand, type FaceDetail } from '@aws-sdk/client-rekognition'
import { useMutation } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import { control } from '../../access/control.ts'
import { useRekognition } from '../../access/rekognition.ts'
import { tell, textOf } from '../../shell/messages.tsx'
import { JsonEditor } from '../../widgets/json-editor.tsx'
import { MarkedPicture, PictureField, type Picture } from './picture.tsx'

const EXAMPLE = '[\n  { "person": "anna", "age": { "low": 20, "high": 30 }, "smile": true }\n]'

/** The faces of a picture, and what Rekognition shall see in it instead. */
export function FindFaces () {
  const rekognition = useRekognition()
  const [picture, setPicture] = useState<Picture>()
  const [faces, setFaces] = useState(EXAMPLE)
  const detect = useMutation({ mutationFn: async ({ bytes }: Picture) => (await rekognition.send(new DetectFacesCommand({ Image: { Bytes: bytes }, Attributes: ['ALL'] }))).FaceDetails ?? [] })
  const arrange = useMutation({
    async mutationFn ({ bytes }: Picture) {
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
      const sha256 = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      await control('PUT /rekognition/faces', undefined, { sha256, faces: JSON.parse(faces) as unknown })
      tell('success', 'The answer is arranged for this picture.')
    },
    onSuccess: (_, picture) => detect.mutate(picture),
  })
  const choose = (picture: Picture | undefined) => {
    setPicture(picture)
    detect.reset()
    if (picture) detect.mutate(picture)
  }
  const found = detect.data ?? []
  return (
    <SpaceBetween size='l'>
      <PictureField label='Picture' picture={picture} onChange={choose} />
      {detect.isError && <StatusIndicator type='error'>{textOf(detect.error)}</StatusIndicator>}
      {picture && detect.data && (
        <ColumnLayout columns={2}>
          <MarkedPicture picture={picture} marks={found.map(({ BoundingBox, Landmarks }, place) => ({ box: BoundingBox, label: `face ${place + 1}`, landmarks: Landmarks }))} />
          <Table
            header={<Header variant='h2' counter={`(${found.length})`}>Faces</Header>}
            items={found.map((face, place) => ({ face, place }))}
            empty={<Box textAlign='center'>No face was found.</Box>}
            columnDefinitions={[
              { id: 'place', header: 'Face', isRowHeader: true, cell: ({ place }) => place + 1 },
              { id: 'age', header: 'Age', cell: ({ face: { AgeRange } }) => `${AgeRange?.Low ?? '?'} to ${AgeRange?.High ?? '?'}` },
              { id: 'traits', header: 'Attributes', cell: ({ face }) => traitsOf(face) },
              { id: 'confidence', header: 'Confidence', cell: ({ face }) => `${face.Confidence?.toFixed(2)} %` },
            ]}
          />
        </ColumnLayout>
      )}
      {picture && (
        <SpaceBetween size='s'>
          <Header variant='h2' description='Calls with this picture see these faces, and what they leave out as the engine sees it.'>Arrange the answer</Header>
          <JsonEditor label='Faces to arrange' value={faces} onChange={setFaces} height='160px' />
          {arrange.isError && <StatusIndicator type='error'>{textOf(arrange.error)}</StatusIndicator>}
          <Button loading={arrange.isPending} onClick={() => arrange.mutate(picture)}>Arrange</Button>
        </SpaceBetween>
      )}
    </SpaceBetween>
  )
}

function traitsOf ({ Gender, Emotions = [], Smile, Eyeglasses, Beard }: FaceDetail): string {
  const strongest = [...Emotions].sort((a, b) => (b.Confidence ?? 0) - (a.Confidence ?? 0))[0]?.Type?.toLowerCase()
  return [Gender?.Value, strongest, Smile?.Value && 'smile', Eyeglasses?.Value && 'eyeglasses', Beard?.Value && 'beard'].filter(Boolean).join(', ')
}
