import type { TSchema } from 'typebox'
import { numberFaults, parseExactly } from '../../../core/exact-json.ts'
import type { Fault } from '../../../core/errors.ts'
import { createAjv, toFaults } from '../../../plugins/validation.ts'
import { preferencesFaults, toMap } from '../preferences.ts'
import { EmbeddingSchema, ReportSchema, UserSchema, type Embedding, type Report, type User } from '../schemas.ts'

export const DATA_TABLES = ['users', 'reports', 'embeddings'] as const
export type DataTableName = typeof DATA_TABLES[number]

/** An item of one of the tables, as the API shows it. */
export type DataItem = User | Report | Embedding

/** What a record of a file is: an item, and by what it is known; or why it is none. */
export type Checked = { key: string, item: DataItem } | { reasons: string[] }

interface DataTable {
  schema: TSchema
  key: string
  /** What the schema does not say. */
  faults (item: DataItem): Fault[]
}

const TABLES: Readonly<Record<DataTableName, DataTable>> = {
  users: { schema: UserSchema, key: 'user_id', faults: (item) => 'preferences' in item && item.preferences ? preferencesFaults(item.preferences, 'preferences') : [] },
  reports: { schema: ReportSchema, key: 'id', faults: () => [] },
  embeddings: {
    schema: EmbeddingSchema,
    key: 'product_id',
    faults: (item) => 'embedding_vector' in item && item.embedding_vector.length !== item.vector_dimension
      ? [{ path: 'vector_dimension', reason: `is ${item.vector_dimension}, and the vector has ${item.embedding_vector.length} numbers` }]
      : [],
  },
}

/** Makes the check of a table's records: the schema of what the API shows, and what DynamoDB takes. */
export function createCheck (name: DataTableName): (text: string) => Checked {
  const { schema, key, ...table } = TABLES[name]
  const validate = createAjv().compile(schema)
  return (text) => {
    try {
      const plain: unknown = JSON.parse(text)
      if (!validate(plain)) return refuse(toFaults(validate.errors as Parameters<typeof toFaults>[0], 'record')) // ajv's own, as Fastify passes them on
      const item = parseExactly(text) as DataItem // the schema says so
      const found = [...numberFaults(item, 'record'), ...table.faults(item)]
      return found.length > 0 ? refuse(found) : { key: (item as unknown as Record<string, string>)[key]!, item } // a member of its schema
    } catch (error) {
      if (error instanceof SyntaxError) return { reasons: ['is not JSON'] }
      if (error instanceof RangeError) return { reasons: ['is nested too deep'] }
      throw error
    }
  }
}

/** The item as the SDK takes it. */
export const toStored = (item: DataItem): Record<string, unknown> =>
  'preferences' in item && item.preferences ? { ...item, preferences: toMap(item.preferences) } : { ...item }

const refuse = (faults: readonly Fault[]): Checked => ({ reasons: faults.map(({ path, reason }) => `${path.replace(/^record\.?/, '')} ${reason}`.trim()) })
