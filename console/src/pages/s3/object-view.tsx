import { useEffect, useState } from 'react'
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { useMutation, useQuery } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useS3 } from '../../access/s3.ts'
import { useScope } from '../../access/scope.tsx'
import { linkTo, navigate } from '../../shell/address.ts'
import { tellError, textOf } from '../../shell/messages.tsx'
import { Confirm } from '../../widgets/confirm.tsx'
import { bytesOf } from '../../widgets/numbers.ts'
import { saveFile } from '../../widgets/save-file.ts'
import { Text } from '../../widgets/text.tsx'
import { Trail } from './folder.tsx'

const URL_SECONDS = 3600
/** Marks the console's own calls: whoever uses the URL does not send it. */
const NOT_SIGNED = new Set(['x-request-id'])
/** Bytes of a text that are shown. */
const MOST_TEXT = 64 * 1024
/** Pictures that a browser draws without running anything in them: SVG is shown as text. */
const PICTURE = /^image\/(png|jpeg|gif|webp|avif|bmp)$/
const TEXT = /^(text\/|application\/(json|xml|javascript|yaml))|svg/

/** One object: its metadata, a preview, and what can be done with it. */
export function ObjectView ({ bucket, objectKey }: { bucket: string, objectKey: string }) {
  const s3 = useS3()
  const { account, region } = useScope()
  const at = { Bucket: bucket, Key: objectKey }
  const folder = objectKey.slice(0, objectKey.lastIndexOf('/') + 1)
  const [deleting, setDeleting] = useState(false)
  const { data: head, error } = useQuery({ queryKey: ['object', account, region, bucket, objectKey], queryFn: () => s3.send(new HeadObjectCommand(at)) })
  const sign = useMutation({ mutationFn: () => getSignedUrl(s3, new GetObjectCommand(at), { expiresIn: URL_SECONDS, unsignableHeaders: NOT_SIGNED }), onError: tellError })
  const download = useMutation({
    async mutationFn () {
      const { Body, ContentType = '' } = await s3.send(new GetObjectCommand(at))
      saveFile(objectKey.slice(folder.length), ContentType, new Uint8Array(await Body!.transformToByteArray())) // an object has one
    },
    onError: tellError,
  })
  return (
    <ContentLayout
      breadcrumbs={<Trail bucket={bucket} prefix={folder} />}
      header={
        <Header
          variant='h1'
          actions={
            <SpaceBetween direction='horizontal' size='xs'>
              <Button onClick={() => setDeleting(true)}>Delete</Button>
              <Button loading={sign.isPending} onClick={() => sign.mutate()}>Presigned URL</Button>
              <Button variant='primary' loading={download.isPending} onClick={() => download.mutate()}>Download</Button>
            </SpaceBetween>
          }
        >
          <Text>{objectKey.slice(folder.length)}</Text>
        </Header>
      }
    >
      <SpaceBetween size='l'>
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        {sign.data !== undefined && (
          <Container header={<Header variant='h2' description='For an hour, for whoever has it.'>Presigned URL</Header>}>
            <SpaceBetween size='xs'>
              <Box><span className='mono' data-testid='presigned'>{sign.data}</span></Box>
              <CopyToClipboard copyButtonText='Copy' copySuccessText='Copied' copyErrorText='Not copied' textToCopy={sign.data} />
            </SpaceBetween>
          </Container>
        )}
        {head && (
          <Container header={<Header variant='h2'>Metadata</Header>}>
            <KeyValuePairs
              columns={4}
              items={[
                { label: 'Size', value: bytesOf(head.ContentLength ?? 0) },
                { label: 'Content type', value: <Text>{head.ContentType ?? ''}</Text> },
                { label: 'Modified', value: head.LastModified?.toISOString() ?? '' },
                { label: 'ETag', value: <Text>{head.ETag ?? ''}</Text> },
                ...Object.entries(head.Metadata ?? {}).map(([name, value]) => ({ label: `x-amz-meta-${name}`, value: <Text most={1000}>{value}</Text> })),
              ]}
            />
          </Container>
        )}
        {head && <Preview at={at} type={head.ContentType?.split(';')[0] ?? ''} size={head.ContentLength ?? 0} />}
      </SpaceBetween>
      {deleting && (
        <Confirm title='Delete the object' action='Delete' run={() => s3.send(new DeleteObjectCommand(at))} onClose={() => { setDeleting(false); navigate(linkTo(['s3', bucket], { prefix: folder })) }}>
          <Text>{objectKey}</Text>
        </Confirm>
      )}
    </ContentLayout>
  )
}

/** A picture or a text, as it is. */
function Preview ({ at, type, size }: { at: { Bucket: string, Key: string }, type: string, size: number }) {
  const s3 = useS3()
  const kind = PICTURE.test(type) ? 'picture' : TEXT.test(type) ? 'text' : 'none'
  const { data } = useQuery({
    queryKey: ['preview', at, type],
    enabled: kind !== 'none' && size > 0,
    async queryFn () {
      const { Body } = await s3.send(new GetObjectCommand({ ...at, ...kind === 'text' && { Range: `bytes=0-${MOST_TEXT - 1}` } }))
      return new Uint8Array(await Body!.transformToByteArray()) // an object has one
    },
  })
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (kind !== 'picture' || !data) return
    const made = URL.createObjectURL(new Blob([data], { type }))
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [data, kind, type])
  return (
    <Container header={<Header variant='h2'>Preview</Header>}>
      {kind === 'none' && <Box>There is no preview of {type || 'this'}.</Box>}
      {kind === 'picture' && url !== undefined && <img src={url} alt={`Preview of ${at.Key.slice(0, 100)}`} style={{ maxInlineSize: '100%', maxBlockSize: 500 }} />}
      {kind === 'text' && data && <pre className='mono' tabIndex={0} aria-label='Text' style={{ whiteSpace: 'pre-wrap', maxBlockSize: 500, overflow: 'auto' }}>{new TextDecoder().decode(data)}</pre>}
    </Container>
  )
}
