import { hash } from 'node:crypto'
import { createRequire } from 'node:module'
import { AwsError } from '../../core/errors.ts'
import { TOO_DEEP } from '../values/check-value.ts'
import { project } from '../values/document-path.ts'
import { conditionalCheckFailed, validation } from '../errors.ts'
import { meets, type Condition } from '../expressions/evaluate.ts'
import type { AttributeValue, Indexed, Item, KeySchema, TableKeys } from '../values/item.ts'
import { itemSize } from '../values/item-size.ts'
import { itemKeysFault, keyFault, keyPathsFault, keyPieceFault } from './key-checks.ts'
import { meetsLegacy, type LegacyConditions } from '../expressions/legacy-conditions.ts'
import type { Limits } from '../limits.ts'
import { refusingNulls, type Shapes } from './shapes.ts'

/*
 * The one import of dynalite 4.0.0: its validations, its expression parsers and its data-plane actions, driven in
 * process on a store of ours. It ships no types, so this file holds them. Nothing of its HTTP server, of its own
 * store or of its table operations is used.
 */

export type Callback<T = void> = (error?: unknown, value?: T) => void

/** What dynalite's actions call on a store; `UnitOfWork` is ours. */
export interface EngineStore {
  options: { maxItemSize: number }
  tableDb: { awsAccountId: string, awsRegion: string }
  getTable (name: string, checkStatus: boolean | Callback<TableKeys>, callback?: Callback<TableKeys>): void
  getItemDb (table: string): {
    lock (key: string, run: (release: (callback: Callback) => Callback) => void): void
    get (key: string, callback: Callback<Item>): void
    put (key: string, item: Item, callback: Callback): void
    del (key: string, callback: Callback): void
  }
  /** Called in place of dynalite's own two, of which see `mends/`. */
  queryTable (
    table: TableKeys, request: object, range: object, isLocal: boolean | undefined, fetchFromTable: boolean,
    startKeyNames: string[], callback: Callback<object>): void
  updateIndexes (table: TableKeys, before: Item | undefined, after: Item | null | undefined, callback: Callback): void
}

/** A piece of work that dynalite's actions run on. */
export interface EngineWork {
  readonly engineStore: EngineStore
  /** Takes what an action throws after it had to wait for a lock. */
  onThrow: (error: unknown) => void
}

/** What the checks of an input go by. */
export interface EngineContext { readonly limits: Limits, readonly account: string, readonly region: string }

/** An error as dynalite makes them. */
interface EngineError extends Error { statusCode: number, body: { __type: string, message?: string, Message?: string } }

type Action = (store: EngineStore, input: object, callback: Callback<object>) => void
interface Validation { types: Shapes, custom?: (input: object, store: EngineStore) => string | undefined }

/** dynalite's helpers, as far as ours use them. */
interface Helpers {
  hashPrefix: (value: string, type: 'N' | 'B') => string
  createKey: (item: Item, table: TableKeys, keySchema?: KeySchema) => string
  validateKey: (key: Item, table: TableKeys) => EngineError | undefined
  validateItem: (item: Item, table: TableKeys) => EngineError | undefined
  validationError: (message: string) => EngineError
  checkConditional: (input: object, item: Item | undefined) => undefined
  /** A string, number or binary as text whose order is AWS's order of the values. */
  toRangeStr: (value: AttributeValue) => string
}

/** A write's condition, in either form. */
interface Conditional { _condition?: { expression: Condition }, Expected?: LegacyConditions, ConditionalOperator?: string }

interface Validations {
  checkTypes: (input: object, types: Shapes) => object
  checkValidations: (input: object, types: Shapes) => void
}

const dynalite = loadPrivately()

/**
 * Loads a copy of dynalite that nobody else in the process shares, and mends in it what its actions look up on their
 * helper module: a user's own dynalite stays as it is.
 */
function loadPrivately () {
  const require = createRequire(import.meta.url)
  const cached = new Map(Object.entries(require.cache).filter(([path]) => isDynalite(path)))
  for (const path of cached.keys()) delete require.cache[path]
  // dynalite ships no types; the casts say what version 4.0.0 exports.
  const helpers = require('dynalite/db') as Helpers & Record<string, unknown>
  const validations = require('dynalite/validations') as Validations
  const action = (name: string) => require(`dynalite/actions/${name}`) as Action
  const validation = (name: string) => require(`dynalite/validations/${name}`) as Validation
  const dataPlane = ['putItem', 'deleteItem', 'query', 'scan']
  const loaded = {
    helpers,
    validations,
    actions: Object.fromEntries(dataPlane.map((name) => [name, action(name)])),
    validation: Object.fromEntries([...dataPlane, 'getItem', 'updateItem', 'batchGetItem', 'batchWriteItem'].map((name) => [name, validation(name)])),
  }
  const fault = (message: string | undefined) => message === undefined ? undefined : helpers.validationError(message)
  Object.assign(helpers, {
    createKey: (item: Item, table: TableKeys, keySchema: KeySchema = table.KeySchema) => createKey(helpers, item, keySchema),
    itemSize,
    checkConditional: ({ _condition, Expected, ConditionalOperator }: Conditional, item: Item = {}) => {
      if (_condition && !meets(item, _condition.expression)) throw conditionalCheckFailed()
      if (Expected && !meetsLegacy(item, Expected, ConditionalOperator)) throw conditionalCheckFailed()
    },
    // dynalite's goes by UTF-16, where the order of keys is that of bytes.
    compare: (ComparisonOperator: string, key: AttributeValue, AttributeValueList: AttributeValue[]) =>
      meetsLegacy({ key }, { key: { ComparisonOperator, AttributeValueList } }),
    mapPaths: (paths: Parameters<typeof project>[1], item: Item) => project(item, paths),
    validateKey: (key: Item, table: TableKeys) => fault(keyFault(key, table)),
    validateItem: (item: Item, table: Indexed) => fault(itemKeysFault(item, table)),
    validateKeyPaths: (heads: object | undefined, table: Indexed) => fault(keyPathsFault(heads, table)),
    validateKeyPiece: (key: Item, name: string, type: 'S' | 'N' | 'B', isHash: boolean) => fault(keyPieceFault(key, { name, type, isHash })),
    createIndexKey: (item: Item, table: TableKeys, keySchema: KeySchema) => indexKey(helpers, item, table, keySchema),
    queryTable: (store: EngineStore, ...rest: Parameters<EngineStore['queryTable']>) => store.queryTable(...rest),
    updateIndexes: (store: EngineStore, ...rest: Parameters<EngineStore['updateIndexes']>) => store.updateIndexes(...rest),
  })
  for (const path of Object.keys(require.cache)) if (isDynalite(path)) delete require.cache[path]
  for (const [path, module] of cached) require.cache[path] = module
  return loaded
}

/** dynalite's own key, by a hash function that takes a third of the time; it is made once or more in every call. */
function createKey ({ toRangeStr, hashPrefix }: Helpers, item: Item, keySchema: KeySchema): string {
  const prefixOf = ({ S, N, B }: AttributeValue) =>
    S !== undefined ? hash('md5', `Outliers${S}`, 'hex').slice(0, 6) : N !== undefined ? hashPrefix(N, 'N') : hashPrefix(B!, 'B')
  let key = ''
  for (const { AttributeName } of keySchema) {
    const value = item[AttributeName]! // keys are checked before
    if (key === '') key = `${prefixOf(value)}/`
    key += `${toRangeStr(value)}/`
  }
  return key
}

/**
 * Where an item stands in an index: by the index's key, then by the table's own. dynalite appends six hexadecimal
 * digits of a hash in place of the table's key, so that two items of equal index keys can fall on one place, and one
 * of them is lost from the index.
 */
function indexKey (helpers: Helpers, item: Item, table: TableKeys, keySchema: KeySchema): string {
  return createKey(helpers, item, keySchema) + createKey(helpers, item, table.KeySchema)
}

function isDynalite (path: string): boolean {
  return /[\\/]dynalite[\\/](db|actions|validations)[\\/]/.test(path)
}

export type ActionName = 'putItem' | 'deleteItem' | 'query' | 'scan'

/** dynalite's helpers and actions, with its errors turned into ours. */
export const engine = {
  createKey: dynalite.helpers.createKey,
  indexKey: (item: Item, table: TableKeys, keySchema: KeySchema) => indexKey(dynalite.helpers, item, table, keySchema),
  checkConditional: guarded(dynalite.helpers.checkConditional),
  validateKey: guarded(dynalite.helpers.validateKey),
  validateItem: guarded(dynalite.helpers.validateItem),

  /** Shape, then bounds: the first two of dynalite's three checks, in AWS's order. Returns the input as it is to be taken. */
  checkShape (types: Shapes, input: object): object {
    return asAwsError(() => {
      const typed = withPrototypeAsMember(dynalite.validations.checkTypes({ ...input }, types))
      dynalite.validations.checkValidations(typed, types)
      return typed
    })
  },

  /** The shape of one of dynalite's operations. */
  types: (name: string): Shapes => refusingNulls(dynalite.validation[name]!.types),

  /** The rules across members of one of dynalite's operations; throws what they refuse. */
  custom (name: string): (input: object, ctx: EngineContext) => void {
    return (input, ctx) => asAwsError(() => {
      const message = dynalite.validation[name]!.custom?.(input, storeStandIn(ctx))
      if (message) throw dynalite.helpers.validationError(message)
    })
  },

  /**
   * Runs one of dynalite's actions on a unit of work. The unit's reads answer at once, so that whatever the action
   * throws, in whichever callback, arrives here. Capacity is not dynalite's business: the unit of work meters it.
   */
  async act (name: ActionName, work: EngineWork, input: object): Promise<Record<string, unknown>> {
    const { ConsumedCapacity: _its, ...output } = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const fail = (error: unknown) => reject(toAwsError(error))
      work.onThrow = fail
      try {
        dynalite.actions[name]!(work.engineStore, { ...input, ReturnConsumedCapacity: undefined }, (error, output) =>
          error ? fail(error) : resolve(output as Record<string, unknown>)) // an action answers with an object
      } catch (error) {
        fail(error)
      }
    })
    return output
  },
}

/** dynalite's validations look only at these two. */
function storeStandIn (ctx: EngineContext): EngineStore {
  return { options: { maxItemSize: ctx.limits.itemBytes }, tableDb: { awsAccountId: ctx.account, awsRegion: ctx.region } } as EngineStore
}

/** dynalite copies maps by assignment, which makes a member called `__proto__` the copy's prototype; here it is a member again. */
function withPrototypeAsMember<T> (value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const prototype = Object.getPrototypeOf(value) as object
  if (prototype !== Object.prototype && !Array.isArray(value)) {
    Object.setPrototypeOf(value, Object.prototype)
    Object.defineProperty(value, '__proto__', { value: prototype, enumerable: true, configurable: true, writable: true })
  }
  for (const member of Object.values(value)) withPrototypeAsMember(member)
  return value
}

function asAwsError<T> (run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw toAwsError(error)
  }
}

/** Of an empty table name AWS tells one thing, where dynalite tells two of any that is too short and so no match. */
const EMPTY_TABLE = /(Value '' at 'tableName' failed to satisfy constraint: Member must )satisfy regular expression pattern: \S+; .*?greater than or equal to 3/

function tellingEmptyTableOnce (message: string): string {
  if (!EMPTY_TABLE.test(message)) return message
  const once = message.replace(EMPTY_TABLE, '$1have length greater than or equal to 1')
  const faults = Number.parseInt(message) - 1
  return once.replace(/^\d+ validation errors? detected/, `${faults} validation error${faults > 1 ? 's' : ''} detected`)
}

function toAwsError (error: unknown): Error {
  // The shape of a value is looked at before its depth is; what is too deep for the stack is far too deep.
  if (error instanceof RangeError) return validation(TOO_DEEP)
  if (!(error instanceof Error)) return new Error('dynalite threw what is no error', { cause: error })
  if (!('body' in error)) return error
  const { body, statusCode } = error as EngineError
  return new AwsError(body.__type.split('#')[1]!, statusCode, tellingEmptyTableOnce(body.message ?? body.Message ?? ''))
}

/** A check of dynalite's answers with an error; ours throw it. */
function guarded<A extends unknown[]> (check: (...args: A) => EngineError | null | undefined): (...args: A) => void {
  return (...args) => {
    const error = check(...args)
    if (error) throw toAwsError(error)
  }
}
