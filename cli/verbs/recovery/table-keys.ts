import type { AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, ScalarAttributeType, TableCreationParameters } from '@aws-sdk/client-dynamodb'
import { InvalidArgumentError } from 'commander'

/** An attribute of a key. */
export interface KeyAttribute { name: string, type: ScalarAttributeType }

/** A global secondary index. */
export interface IndexKey { index: string, hash: KeyAttribute, range?: KeyAttribute }

const isScalar = (text: string | undefined): text is ScalarAttributeType => text === 'S' || text === 'N' || text === 'B'

/** Reads `id:S`; the name may have colons in it. */
export function parseKey (text: string): KeyAttribute {
  const [, name, type] = /^(.+):(.)$/s.exec(text) ?? []
  if (name === undefined || !isScalar(type)) throw new InvalidArgumentError('It takes an attribute and its type, S, N or B, such as id:S')
  return { name, type }
}

/** Reads `by-kind=kind:S` or `by-kind=kind:S,at:N`, and adds it to the indexes before it. */
export function parseIndex (text: string, before: readonly IndexKey[] = []): IndexKey[] {
  const [, index, keys = ''] = /^([a-zA-Z0-9_.-]{3,255})=(.+)$/s.exec(text) ?? []
  const [hash, range, ...more] = keys.split(',')
  if (index === undefined || hash === undefined || more.length > 0) throw new InvalidArgumentError('It takes a name and one or two attributes, such as by-user=user_id:S,created_at:S')
  return [...before, { index, hash: parseKey(hash), ...range !== undefined && { range: parseKey(range) } }]
}

/** The definition of a table of these keys, billed on demand; its indexes project all attributes. */
export function tableOf (TableName: string, { hash, range, indexes = [] }: { hash: KeyAttribute, range?: KeyAttribute, indexes?: readonly IndexKey[] }): TableCreationParameters {
  const attributes = new Map<string, AttributeDefinition>()
  const schema = (...keys: readonly (KeyAttribute | undefined)[]): KeySchemaElement[] => keys.filter((key) => key !== undefined).map(({ name, type }, index) => {
    attributes.set(`${name}:${type}`, { AttributeName: name, AttributeType: type })
    return { AttributeName: name, KeyType: index === 0 ? 'HASH' : 'RANGE' }
  })
  const KeySchema = schema(hash, range)
  const GlobalSecondaryIndexes = indexes.map((one): GlobalSecondaryIndex =>
    ({ IndexName: one.index, KeySchema: schema(one.hash, one.range), Projection: { ProjectionType: 'ALL' } }))
  return {
    TableName,
    KeySchema,
    AttributeDefinitions: [...attributes.values()],
    BillingMode: 'PAY_PER_REQUEST',
    ...GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes },
  }
}
