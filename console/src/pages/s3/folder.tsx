import { useRef, useState } from 'react'
import { DeleteObjectsCommand, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { useCollection } from '../../widgets/collection.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Pagination from '@cloudscape-design/components/pagination'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useS3 } from '../../access/s3.ts'
import { useScope } from '../../access/scope.tsx'
import { linkTo } from '../../shell/address.ts'
import { tell, tellError, textOf } from '../../shell/messages.tsx'
import { Confirm } from '../../widgets/confirm.tsx'
import { bytesOf, countOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'

const PAGE_SIZE = 50
/** What one DeleteObjects takes. */
const MOST_DELETED = 1000

interface Entry { key: string, isFolder: boolean, size: number, modified: string }

async function list (s3: S3Client, Bucket: string, Prefix: string): Promise<Entry[]> {
  const folders: Entry[] = []
  const objects: Entry[] = []
  for await (const { CommonPrefixes = [], Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix, Delimiter: '/' })) {
    folders.push(...CommonPrefixes.map(({ Prefix: key = '' }) => ({ key, isFolder: true, size: 0, modified: '' })))
    objects.push(...Contents.map(({ Key: key = '', Size: size = 0, LastModified }) => ({ key, isFolder: false, size, modified: LastModified?.toISOString() ?? '' })))
  }
  return [...folders, ...objects]
}

/** The folders and objects in a folder of a bucket. Files that are dropped on it are uploaded. */
export function Folder ({ bucket, prefix }: { bucket: string, prefix: string }) {
  const { account, region } = useScope()
  const s3 = useS3()
  const queries = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [deleting, setDeleting] = useState(false)
  const { data, error } = useQuery({ queryKey: ['objects', account, region, bucket, prefix], queryFn: () => list(s3, bucket, prefix) })
  const refresh = () => queries.invalidateQueries({ queryKey: ['objects'] })
  const { items, collectionProps, filterProps, paginationProps } = useCollection(data ?? [], {
    filtering: {}, pagination: { pageSize: PAGE_SIZE }, sorting: {}, selection: { trackBy: 'key' },
  })
  const selected = collectionProps.selectedItems ?? []
  const upload = useMutation({
    async mutationFn (files: readonly File[]) {
      for (const file of files) await s3.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + file.name, Body: new Uint8Array(await file.arrayBuffer()), ContentType: file.type || 'application/octet-stream' }))
      tell('success', `${countOf(files.length)} files are uploaded.`)
    },
    onError: tellError,
    onSettled: refresh,
  })
  async function deleteSelected () {
    const keys: string[] = []
    for (const { key, isFolder } of selected) {
      if (!isFolder) keys.push(key)
      else for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key })) keys.push(...Contents.map(({ Key = '' }) => Key))
    }
    for (let from = 0; from < keys.length; from += MOST_DELETED) {
      await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys.slice(from, from + MOST_DELETED).map((Key) => ({ Key })) } }))
    }
    tell('success', `${countOf(keys.length)} objects are deleted.`)
    await refresh()
  }
  return (
    <ContentLayout breadcrumbs={<Trail bucket={bucket} prefix={prefix} />}>
      <div
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          upload.mutate([...event.dataTransfer.files])
        }}
      >
        <Table
          {...collectionProps}
          items={items}
          selectionType='multi'
          loading={!data && !error}
          loadingText='Loading'
          ariaLabels={{ tableLabel: 'Objects', selectionGroupLabel: 'Objects', allItemsSelectionLabel: () => 'Select all', itemSelectionLabel: (_, { key }) => `Select ${key}` }}
          header={
            <Header
              variant='h1'
              counter={`(${countOf(data?.length ?? 0)})`}
              description='Drop files here to upload them.'
              actions={
                <SpaceBetween direction='horizontal' size='xs'>
                  <Button iconName='refresh' ariaLabel='Refresh' onClick={() => { void refresh() }} />
                  <Button disabled={selected.length === 0} onClick={() => setDeleting(true)}>Delete</Button>
                  <Button variant='primary' loading={upload.isPending} onClick={() => input.current?.click()}>Upload</Button>
                </SpaceBetween>
              }
            >
              <Text>{prefix === '' ? bucket : prefix}</Text>
            </Header>
          }
          filter={<TextFilter {...filterProps} filteringPlaceholder='Part of a key' filteringAriaLabel='Part of a key' />}
          pagination={<Pagination {...paginationProps} />}
          empty={<Box textAlign='center'>{error ? <StatusIndicator type='error'>{textOf(error)}</StatusIndicator> : 'There is nothing here.'}</Box>}
          columnDefinitions={[
            { id: 'name', header: 'Name', sortingField: 'key', isRowHeader: true, cell: ({ key, isFolder }) => <Link href={linkTo(['s3', bucket], isFolder ? { prefix: key } : { key })}><Text>{key.slice(prefix.length) || '(empty)'}</Text></Link> },
            { id: 'size', header: 'Size', sortingField: 'size', cell: ({ isFolder, size }) => isFolder ? 'folder' : bytesOf(size) },
            { id: 'modified', header: 'Modified', sortingField: 'modified', cell: ({ modified }) => modified },
          ]}
        />
        <input ref={input} type='file' multiple hidden aria-label='Files to upload' onChange={({ target }) => { upload.mutate([...target.files ?? []]); target.value = '' }} />
      </div>
      {deleting && (
        <Confirm title='Delete' action='Delete' run={deleteSelected} onClose={() => setDeleting(false)}>
          <Box>{countOf(selected.length)} entries, each folder with all that is in it.</Box>
        </Confirm>
      )}
    </ContentLayout>
  )
}

/** The way to a folder. */
export function Trail ({ bucket, prefix }: { bucket: string, prefix: string }) {
  const folders = prefix.split('/').slice(0, -1)
  return (
    <BreadcrumbGroup
      items={[
        { text: 'Buckets', href: linkTo(['s3']) }, { text: bucket, href: linkTo(['s3', bucket]) },
        ...folders.map((text, place) => ({ text: text || '(empty)', href: linkTo(['s3', bucket], { prefix: `${folders.slice(0, place + 1).join('/')}/` }) })),
      ]}
    />
  )
}
