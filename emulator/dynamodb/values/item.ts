/** An attribute value in wire form: exactly one member, binary in base64. */
export interface AttributeValue {
  S?: string
  N?: string
  B?: string
  BOOL?: boolean
  NULL?: boolean
  SS?: string[]
  NS?: string[]
  BS?: string[]
  L?: AttributeValue[]
  M?: Record<string, AttributeValue>
}

export type Item = Record<string, AttributeValue>

export type KeySchema = { AttributeName: string, KeyType: string }[]

/** What is needed to compute an item's key: a table's name and keys. */
export interface TableKeys {
  TableName: string
  KeySchema: KeySchema
  AttributeDefinitions: { AttributeName: string, AttributeType: 'S' | 'N' | 'B' }[]
}

/** A secondary index, as its entries need it. */
export interface IndexKeys {
  IndexName: string
  KeySchema: KeySchema
  Projection: { ProjectionType?: string, NonKeyAttributes?: string[] }
}

/** A table and its indexes, with their keys. */
export interface Indexed extends TableKeys {
  LocalSecondaryIndexes?: IndexKeys[]
  GlobalSecondaryIndexes?: IndexKeys[]
}
