import { useQuery } from '@tanstack/react-query'
import { paginateListTables } from '@aws-sdk/client-dynamodb'
import { paginateListCollections } from '@aws-sdk/client-rekognition'
import { ListBucketsCommand } from '@aws-sdk/client-s3'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import { control } from '../../access/control.ts'
import { useDynamodb } from '../../access/aws.ts'
import { useRekognition } from '../../access/rekognition.ts'
import { useS3 } from '../../access/s3.ts'
import { useScope } from '../../access/scope.tsx'
import { linkTo } from '../../shell/address.ts'
import { countOf } from '../../widgets/numbers.ts'

const refetchInterval = 5000

/** Tables, buckets and collections of the account, and the services with the number of their operations. */
export default function ServiceCounts () {
  const { account, region } = useScope()
  const dynamodb = useDynamodb()
  const s3 = useS3()
  const rekognition = useRekognition()
  const tables = useQuery({ queryKey: ['table-count', account, region], queryFn: () => countPages(paginateListTables({ client: dynamodb }, {}), ({ TableNames }) => TableNames), refetchInterval })
  const buckets = useQuery({ queryKey: ['bucket-count', account, region], queryFn: async () => (await s3.send(new ListBucketsCommand())).Buckets?.length ?? 0, refetchInterval })
  const collections = useQuery({ queryKey: ['collection-count', account, region], queryFn: () => countPages(paginateListCollections({ client: rekognition }, {}), ({ CollectionIds }) => CollectionIds), refetchInterval })
  const operations = useQuery({ queryKey: ['operations'], queryFn: () => control('GET /operations'), staleTime: Infinity })
  const shown = ({ data }: { data: number | undefined }) => data === undefined ? '…' : countOf(data)
  return (
    <KeyValuePairs
      columns={3}
      items={[
        { label: 'DynamoDB tables', value: <Link href={linkTo(['tables'])}>{shown(tables)}</Link> },
        { label: 'S3 buckets', value: <Link href={linkTo(['s3'])}>{shown(buckets)}</Link> },
        { label: 'Rekognition collections', value: <Link href={linkTo(['faces'])}>{shown(collections)}</Link> },
        ...Object.entries(operations.data?.operations ?? {}).map(([service, names]) => ({ label: service, value: `${names.length} operations` })),
      ]}
    />
  )
}

async function countPages<Page> (pages: AsyncIterable<Page>, listOf: (page: Page) => readonly unknown[] | undefined): Promise<number> {
  let count = 0
  for await (const page of pages) count += listOf(page)?.length ?? 0
  return count
}
