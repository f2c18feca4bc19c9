import { DeleteTableCommand, paginateScan, type AttributeValue, type TableDescription } from '@aws-sdk/client-dynamodb'
import { useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import { useDynamodb } from '../../access/aws.ts'
import { writeBatches } from '../../access/write-batches.ts'
import { tell } from '../../shell/messages.tsx'
import { Confirm } from '../../widgets/confirm.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { keysOf } from './describe.ts'

/** Deletes tables with all that is in them. */
export function DeleteTables ({ names, onClose }: { names: readonly string[], onClose: () => void }) {
  const client = useDynamodb()
  const queries = useQueryClient()
  async function run () {
    for (const name of names) await client.send(new DeleteTableCommand({ TableName: name }))
    tell('success', names.length === 1 ? `The table ${names[0]} is deleted.` : `${names.length} tables are deleted.`)
    await queries.invalidateQueries({ queryKey: ['tables'] })
  }
  return (
    <Confirm title={names.length === 1 ? 'Delete the table' : `Delete ${names.length} tables`} action='Delete' word='delete' run={run} onClose={onClose}>
      <Box>All items and indexes go with it: <b>{names.slice(0, 20).join(', ')}{names.length > 20 && ` and ${names.length - 20} more`}</b></Box>
    </Confirm>
  )
}

/** Deletes all items of a table, one by one, as DynamoDB has no other way. */
export function TruncateTable ({ table, onClose }: { table: TableDescription, onClose: () => void }) {
  const client = useDynamodb()
  const queries = useQueryClient()
  const name = table.TableName ?? ''
  async function run () {
    const { hash, range } = keysOf(table.KeySchema)
    const keys = [...hash, ...range]
    const pages = paginateScan({ client }, { TableName: name, ProjectionExpression: keys.map((_, index) => `#k${index}`).join(', '), ExpressionAttributeNames: Object.fromEntries(keys.map((key, index) => [`#k${index}`, key])) })
    let count = 0
    for await (const { Items = [] } of pages) {
      await writeBatches(client, name, Items.map((Key: Record<string, AttributeValue>) => ({ DeleteRequest: { Key } })))
      count += Items.length
    }
    tell('success', `${countOf(count)} items of ${name} are deleted.`)
    await queries.invalidateQueries()
  }
  return (
    <Confirm title='Truncate the table' action='Truncate' word='truncate' run={run} onClose={onClose}>
      <Box>All items of <b>{name}</b> are deleted; the table stays. Each is a write that is metered, and reaches the table's stream.</Box>
    </Confirm>
  )
}
