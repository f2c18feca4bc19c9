import { useState } from 'react'
import { CompareFacesCommand } from '@aws-sdk/client-rekognition'
import { useMutation } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useRekognition } from '../../access/rekognition.ts'
import { textOf } from '../../shell/messages.tsx'
import { MarkedPicture, PictureField, type Picture } from './picture.tsx'

/** Two pictures side by side, and how similar the largest face of the first is to those of the second. */
export function ComparePictures () {
  const rekognition = useRekognition()
  const [source, setSource] = useState<Picture>()
  const [target, setTarget] = useState<Picture>()
  const compare = useMutation({ mutationFn: (pair: { source: Picture, target: Picture }) => rekognition.send(new CompareFacesCommand({ SourceImage: { Bytes: pair.source.bytes }, TargetImage: { Bytes: pair.target.bytes }, SimilarityThreshold: 0 })) })
  const matches = compare.data?.FaceMatches ?? []
  return (
    <SpaceBetween size='l'>
      <ColumnLayout columns={2}>
        <PictureField label='First picture' picture={source} onChange={(picture) => { setSource(picture); compare.reset() }} />
        <PictureField label='Second picture' picture={target} onChange={(picture) => { setTarget(picture); compare.reset() }} />
      </ColumnLayout>
      <Button variant='primary' disabled={!source || !target} loading={compare.isPending} onClick={() => { if (source && target) compare.mutate({ source, target }) }}>Compare</Button>
      {compare.isError && <StatusIndicator type='error'>{textOf(compare.error)}</StatusIndicator>}
      {compare.data && source && target && (
        <SpaceBetween size='m'>
          <Box fontSize='heading-l' data-testid='similarity'>{matches.length === 0 ? 'There is no similar face.' : `Similarity ${matches.map(({ Similarity = 0 }) => `${Similarity.toFixed(2)} %`).join(', ')}`}</Box>
          <ColumnLayout columns={2}>
            <MarkedPicture picture={source} marks={[{ box: compare.data.SourceImageFace?.BoundingBox, label: 'source' }]} />
            <MarkedPicture picture={target} marks={matches.map(({ Face }, place) => ({ box: Face?.BoundingBox, label: `match ${place + 1}`, landmarks: Face?.Landmarks }))} />
          </ColumnLayout>
        </SpaceBetween>
      )}
    </SpaceBetween>
  )
}
