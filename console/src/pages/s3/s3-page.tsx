import { useAddress } from '../../shell/address.ts'
import { BucketList } from './bucket-list.tsx'
import { Folder } from './folder.tsx'
import { ObjectView } from './object-view.tsx'

/** `s3`, `s3/BUCKET?prefix=FOLDER/`, `s3/BUCKET?key=KEY`. */
export default function S3Page () {
  const { path: [, bucket], params } = useAddress()
  if (bucket === undefined) return <BucketList />
  const key = params.get('key')
  if (key !== null) return <ObjectView key={key} bucket={bucket} objectKey={key} />
  return <Folder key={`${bucket} ${params.get('prefix') ?? ''}`} bucket={bucket} prefix={params.get('prefix') ?? ''} />
}
