import { validation } from '../errors.ts'
import type { IndexKeys, KeySchema } from '../values/item.ts'
import type { Definitions, Encryption, TableInput } from './table-shapes.ts'

/**
 * The rules for keys, indexes and settings of tables, in AWS's order and with its messages. Messages without a source are
 * those that dynalite's tests found on AWS, or that users have published.
 */

const PREFIX = 'One or more parameter values were invalid: '

/** The most attributes of each kind in the key of a global index ("Multi-attribute key schema", developer guide). */
const KEY_ATTRIBUTES = 4

/** The most attributes that all indexes of a table may name in their projections ("Quotas", developer guide). */
const PROJECTED_ATTRIBUTES = 100

const invalid = (message: string) => validation(PREFIX + message)

const namesOf = (schema: KeySchema): string[] => schema.map(({ AttributeName }) => AttributeName)

/** All keys and indexes of a new table. */
export function checkKeys (input: TableInput, { localIndexes, globalIndexes }: { localIndexes: number, globalIndexes: number }): void {
  const onDemand = input.BillingMode === 'PAY_PER_REQUEST'
  const { AttributeDefinitions: definitions, KeySchema: tableKey, LocalSecondaryIndexes: local, GlobalSecondaryIndexes: global } = input
  checkTableKeySize(tableKey, 'keySchema')
  for (const [at, index] of (local ?? []).entries()) checkTableKeySize(index.KeySchema, `localSecondaryIndexes.${at + 1}.member.keySchema`)
  checkDefinedOnce(definitions)
  if (tableKey.length > definitions.length) throw validation('Invalid KeySchema: Some index key attribute have no definition')
  checkDefined(tableKey, definitions)
  checkTableKey(tableKey)
  const schemas = [tableKey, ...[...local ?? [], ...global ?? []].map(({ KeySchema }) => KeySchema)]
  for (const { KeySchema } of global ?? []) if (KeySchema.length > 2) checkNamedOnce(KeySchema)
  checkUsed(definitions, schemas)

  const names = new Set<string>()
  if (local) checkLocalIndexes(local, { definitions, tableKey, names, limit: localIndexes })
  if (global?.length === 0) throw invalid('List of GlobalSecondaryIndexes is empty')
  for (const index of global ?? []) {
    checkGlobalIndex(index, definitions)
    if (onDemand && index.ProvisionedThroughput) throw invalid(`ProvisionedThroughput should not be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`)
    if (!onDemand && !index.ProvisionedThroughput) throw invalid(`ProvisionedThroughput is not specified for index: ${index.IndexName}`)
    checkName(index, names)
  }
  if (global && global.length > globalIndexes) throw invalid(`GlobalSecondaryIndex count exceeds the per-table limit of ${globalIndexes}`)
  checkProjectedAttributes([...local ?? [], ...global ?? []])
}

/** A global index by itself. */
export function checkGlobalIndex ({ KeySchema: schema, Projection }: IndexKeys, definitions: Definitions): void {
  checkDefined(schema, definitions)
  if (schema[0]!.KeyType !== 'HASH') throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  checkNamedOnce(schema)
  const types = schema.map(({ KeyType }) => KeyType)
  if (types.lastIndexOf('HASH') > types.indexOf('RANGE') && types.includes('RANGE')) {
    throw invalid('All HASH key attributes must precede RANGE key attributes in the KeySchema')
  }
  for (const kind of ['HASH', 'RANGE']) {
    if (types.filter((type) => type === kind).length > KEY_ATTRIBUTES) {
      throw invalid(`The KeySchema exceeds the maximum allowed number of ${kind} key attributes`)
    }
  }
  checkProjection(Projection)
}

function checkNamedOnce (schema: KeySchema): void {
  if (new Set(namesOf(schema)).size === schema.length) return
  throw validation(schema.length === 2
    ? 'Both the Hash Key and the Range Key element in the KeySchema have the same name'
    : 'The KeySchema contains multiple key attributes with the same name')
}

export function checkProjectedAttributes (indexes: readonly IndexKeys[]): void {
  const count = indexes.reduce((sum, { Projection }) => sum + (Projection.NonKeyAttributes?.length ?? 0), 0)
  // AWS does not publish its message for this.
  if (count > PROJECTED_ATTRIBUTES) throw invalid(`The total number of attributes projected into all secondary indexes exceeds the limit of ${PROJECTED_ATTRIBUTES}`)
}

/** @throws ValidationException for an unknown table class */
export function checkTableClass (tableClass: string | undefined): void {
  if (tableClass !== undefined && !['STANDARD', 'STANDARD_INFREQUENT_ACCESS'].includes(tableClass)) {
    throw validation('Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].')
  }
}

export function checkEncryption (given: Encryption | undefined): void {
  if (!given) return
  if (given.Enabled === false && given.SSEType) throw invalid('SSEType can not be specified if Enabled is false')
  if (given.Enabled === false && given.KMSMasterKeyId) throw invalid('KMSMasterKeyId can not be specified if Enabled is false')
  if (given.SSEType === 'AES256') throw invalid('SSEType AES256 is not supported')
  if (given.KMSMasterKeyId && given.SSEType !== 'KMS') throw invalid('SSEType KMS is required if KMSMasterKeyId is specified')
}

/** Tables and local indexes have two key attributes at most. */
function checkTableKeySize (schema: KeySchema, place: string): void {
  if (schema.length <= 2) return
  const shown = schema.map(({ AttributeName, KeyType }) => `KeySchemaElement(attributeName=${AttributeName}, keyType=${KeyType})`)
  throw validation(`1 validation error detected: Value '[${shown.join(', ')}]' at '${place}' failed to satisfy constraint: ` +
    'Member must have length less than or equal to 2')
}

function checkDefinedOnce (definitions: Definitions): void {
  const names = new Set<string>()
  for (const { AttributeName } of definitions) {
    if (names.has(AttributeName)) throw validation(`Attribute Name is duplicated: ${AttributeName}`)
    names.add(AttributeName)
  }
}

function checkDefined (schema: KeySchema, definitions: Definitions): void {
  const defined = definitions.map(({ AttributeName }) => AttributeName)
  const names = namesOf(schema)
  if (names.every((name) => defined.includes(name))) return
  throw invalid('Some index key attributes are not defined in AttributeDefinitions. ' +
    `Keys: [${inHashOrder(names).join(', ')}], AttributeDefinitions: [${inHashOrder(defined, defined.length).join(', ')}]`)
}

function checkUsed (definitions: Definitions, schemas: KeySchema[]): void {
  const defined = definitions.map(({ AttributeName }) => AttributeName)
  const used = new Set(schemas.flatMap(namesOf))
  if (defined.every((name) => used.has(name))) return
  if (schemas.length === 1) throw invalid('Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions')
  throw invalid(`Some AttributeDefinitions are not used. AttributeDefinitions: [${inHashOrder(defined, defined.length).join(', ')}], ` +
    `keys used: [${inHashOrder([...used]).join(', ')}]`)
}

function checkTableKey ([hash, range]: KeySchema): void {
  if (range && hash!.AttributeName === range.AttributeName) throw validation('Both the Hash Key and the Range Key element in the KeySchema have the same name')
  if (hash!.KeyType !== 'HASH') throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  if (range && range.KeyType !== 'RANGE') throw validation('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type')
}

function checkLocalIndexes (
  indexes: IndexKeys[], { definitions, tableKey, names, limit }: { definitions: Definitions, tableKey: KeySchema, names: Set<string>, limit: number }
): void {
  if (indexes.length === 0) throw invalid('List of LocalSecondaryIndexes is empty')
  if (tableKey.length !== 2) throw invalid('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex')
  for (const index of indexes) {
    const { IndexName, KeySchema: schema } = index
    checkDefined(schema, definitions)
    checkTableKey(schema)
    if (schema.length !== 2) throw invalid(`Index KeySchema does not have a range key for index: ${IndexName}`)
    const [hash, tableHash] = [schema[0]!.AttributeName, tableKey[0]!.AttributeName]
    if (hash !== tableHash) {
      throw invalid('Index KeySchema does not have the same leading hash key as table KeySchema for index: ' +
        `${IndexName}. index hash key: ${hash}, table hash key: ${tableHash}`)
    }
    checkProjection(index.Projection)
    checkName(index, names)
  }
  if (indexes.length > limit) throw invalid(`Number of LocalSecondaryIndexes exceeds per-table limit of ${limit}`)
}

function checkProjection ({ ProjectionType: type, NonKeyAttributes: attributes }: IndexKeys['Projection']): void {
  if (type === undefined) throw invalid('Unknown ProjectionType: null')
  if (attributes && type !== 'INCLUDE') throw invalid(`ProjectionType is ${type}, but NonKeyAttributes is specified`)
  if (!attributes && type === 'INCLUDE') throw invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
  const twice = attributes?.find((name, at) => attributes.indexOf(name) < at)
  if (twice !== undefined) throw invalid(`Duplicate element in NonKeyAttributes: ${twice}`)
}

function checkName ({ IndexName }: IndexKeys, names: Set<string>): void {
  if (names.has(IndexName)) throw invalid(`Duplicate index name: ${IndexName}`)
  names.add(IndexName)
}

/**
 * Names in the order in which AWS's messages list them, which is that of Java's hash tables.
 * @param expected  the number of names for which the hash table was created; unknown, it has 16 places
 */
function inHashOrder (names: string[], expected?: number): string[] {
  let places = expected === undefined ? 16 : 2 ** Math.ceil(Math.log2(expected < 3 ? expected + 1 : Math.floor(expected / 0.75 + 1)))
  while (names.length > places * 0.75) places *= 2
  const placeOf = (name: string) => {
    let hash = 0
    for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0
    return (hash ^ (hash >>> 16)) & (places - 1)
  }
  return [...new Set(names)].sort((one, other) => placeOf(one) - placeOf(other))
}
