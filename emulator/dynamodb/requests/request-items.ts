import type { AttributeValue, Item } from '../values/item.ts'

/** A batch of writes, by table. */
export type RequestItems = Record<string, { PutRequest?: { Item: Item }, DeleteRequest?: { Key: Item } }[]>

const NAME = /^[a-zA-Z0-9_.-]{3,255}$/
const KEYS = 'Map keys must satisfy constraint: [Member must have length less than or equal to 255, ' +
  'Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]'

/** Errors of a BatchWriteItem in its table names and in the number of writes to each; all other members are checked before. */
export function requestItemsFault (items: RequestItems, mostWrites: number): string | undefined {
  const tables = Object.keys(items)
  if (tables.length === 0) return 'The requestItems parameter is required for BatchWriteItem'
  if (tables.some((name) => !NAME.test(name))) return mapFault(items, KEYS)
  if (Object.values(items).every(({ length }) => length > 0 && length <= mostWrites)) return undefined
  return mapFault(items, `Map value must satisfy constraint: [Member must have length less than or equal to ${mostWrites}, ` +
    'Member must have length greater than or equal to 1]')
}

function mapFault (items: RequestItems, constraint: string): string {
  const shown = mapText(items, (writes) => `[${writes.map(({ PutRequest, DeleteRequest }) => {
    const put = PutRequest ? `PutRequest(item=${mapText(PutRequest.Item, valueText)})` : 'null'
    return `WriteRequest(putRequest=${put}, deleteRequest=${DeleteRequest ? `DeleteRequest(key=${mapText(DeleteRequest.Key, valueText)})` : 'null'})`
  }).join(', ')}]`)
  return `1 validation error detected: Value '${shown}' at 'requestItems' failed to satisfy constraint: ${constraint}`
}

/** A map as AWS's Java code prints it. A missing or null member is reported later. */
function mapText<T> (map: Record<string, T> | null | undefined, text: (value: T) => string): string {
  return !map ? 'null' : `{${Object.entries(map).map(([name, value]) => `${name}=${text(value)}`).join(', ')}}`
}

function valueText (value: AttributeValue | null): string {
  return !value ? 'null' : `AttributeValue(${Object.entries(value).map(([type, content]) => `${type.toLowerCase()}=${typeof content === 'object' ? JSON.stringify(content) : String(content)}`).join(', ')})`
}
