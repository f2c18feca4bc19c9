import { DescribeTableCommand, paginateListTables, type DynamoDBClient, type KeySchemaElement, type TableDescription } from '@aws-sdk/client-dynamodb'
import { useQuery } from '@tanstack/react-query'
import { useDynamodb } from '../../access/aws.ts'
import { useScope } from '../../access/scope.tsx'

/** How many descriptions are asked for at the same time. */
const AT_ONCE = 8
/** How often a table that is looked at is described again, ms: somebody else may delete it. */
const ONE_EVERY_MS = 3000

/** The names of all tables, in their order. */
export function useTableNames () {
  const { account, region } = useScope()
  const client = useDynamodb()
  return useQuery({ queryKey: ['tables', account, region], queryFn: () => listTables(client) })
}

async function listTables (client: DynamoDBClient): Promise<string[]> {
  const names: string[] = []
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) names.push(...TableNames)
  return names
}

/** The descriptions of tables, by name; a table that has gone meanwhile is left out. */
export function useTableDescriptions (names: readonly string[] | undefined) {
  const { account, region } = useScope()
  const client = useDynamodb()
  return useQuery<Map<string, TableDescription>>({
    queryKey: ['tables', account, region, 'descriptions', names],
    enabled: names !== undefined,
    placeholderData: (before) => before,
    queryFn: async ({ signal }) => {
      const found = new Map<string, TableDescription>()
      const waiting = [...names ?? []]
      const work = async () => {
        for (let name = waiting.pop(); name !== undefined && !signal.aborted; name = waiting.pop()) {
          const table = await describe(client, name).catch(() => undefined)
          if (table) found.set(name, table)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      return found
    },
  })
}

export function useTable (name: string | undefined) {
  const { account, region } = useScope()
  const client = useDynamodb()
  return useQuery({ queryKey: ['tables', account, region, 'one', name], enabled: name !== undefined, refetchInterval: ONE_EVERY_MS, queryFn: () => describe(client, name!) })
}

async function describe (client: DynamoDBClient, name: string): Promise<TableDescription> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
  return Table! // it answers with one, or throws
}

export interface Keys {
  hash: string[]
  range: string[]
}

/** The names of the key attributes, in their order. */
export function keysOf (schema: readonly KeySchemaElement[] | undefined): Keys {
  const of = (type: string) => (schema ?? []).filter(({ KeyType }) => KeyType === type).map(({ AttributeName }) => AttributeName ?? '')
  return { hash: of('HASH'), range: of('RANGE') }
}

/** `id (S), at (N)` */
export function describeKeys (schema: readonly KeySchemaElement[] | undefined, table: TableDescription): string {
  const { hash, range } = keysOf(schema)
  return [...hash, ...range].map((name) => `${name} (${typeOf(table, name)})`).join(', ')
}

export const typeOf = (table: TableDescription, attribute: string): string =>
  table.AttributeDefinitions?.find(({ AttributeName }) => AttributeName === attribute)?.AttributeType ?? 'S'

/** `on demand`, or `5 / 5 units`. */
export function billingOf ({ BillingModeSummary, ProvisionedThroughput }: TableDescription): string {
  if (BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST') return 'on demand'
  return `${ProvisionedThroughput?.ReadCapacityUnits ?? 0} / ${ProvisionedThroughput?.WriteCapacityUnits ?? 0} units`
}
