import { DeleteItemCommand, ExecuteStatementCommand, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand, UpdateItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { test } from 'tap'
import { seededRandom } from '../../../core/random.ts'
import { testEmulator } from '../../../test-support/emulator.ts'
import { createSongs } from './test-support/songs.ts'

const SEED = Number(process.env.PARTIQL_SEED ?? 1)
const ROUNDS = Number(process.env.PARTIQL_ROUNDS ?? 400)

/** A statement, and the same by an operation from before PartiQL. */
interface Pair { statement: string, classic: (client: DynamoDBClient) => Promise<Outcome> }

interface Outcome { items: Item[], units: number | undefined, error?: string }
type Item = Record<string, AttributeValue>

/** A condition in both languages: attribute values have placeholders in one, and are literals in the other. */
interface Condition { partiql: string, expression: string, values: Record<string, AttributeValue> }

/** One table is written by statements, the other by classic operations; both have to stay alike. */
test('random statements and their classic equivalents give the same items at the same cost', async (t) => {
  const { dynamodb } = (await testEmulator(t)).clients({ maxAttempts: 1 })
  await createSongs(dynamodb, 'statements')
  await createSongs(dynamodb, 'classic')
  const generate = new Pairs(seededRandom(SEED))
  let failures = 0
  let found = 0
  for (let round = 0; round < ROUNDS; round++) {
    const { statement, classic } = generate.next()
    const one = await settled(byStatement(dynamodb, statement))
    const other = await settled(classic(dynamodb))
    t.same(one, other, statement)
    if (one.error) failures++
    found += one.items.length
  }
  // Most of them do something.
  t.ok(failures > ROUNDS / 50 && failures < ROUNDS / 2 && found > ROUNDS / 2, `${failures} failures, ${found} items`)
  const all = async (TableName: string) => (await dynamodb.send(new ScanCommand({ TableName }))).Items
  t.same(await all('statements'), await all('classic'))
})

async function byStatement (client: DynamoDBClient, Statement: string): Promise<Outcome> {
  const { Items = [], ConsumedCapacity } = await client.send(new ExecuteStatementCommand({ Statement, ReturnConsumedCapacity: 'TOTAL' }))
  return { items: Items, units: ConsumedCapacity?.CapacityUnits }
}

async function settled (outcome: Promise<Outcome>): Promise<Outcome> {
  try {
    return await outcome
  } catch (error) {
    const { name } = error as Error // the SDK throws nothing else
    return { items: [], units: undefined, error: name === 'DuplicateItemException' ? 'ConditionalCheckFailedException' : name }
  }
}

class Pairs {
  readonly #random: () => number
  #values = 0

  constructor (random: () => number) {
    this.#random = random
  }

  next (): Pair {
    const kind = this.#random()
    if (kind < 0.3) return this.#insert()
    if (kind < 0.5) return this.#update()
    if (kind < 0.6) return this.#delete()
    if (kind < 0.7) return this.#get()
    return kind < 0.9 ? this.#query() : this.#scan()
  }

  #insert (): Pair {
    const { pk, sk } = this.#key()
    const Item: Item = { pk: { S: pk }, sk: { S: sk }, genre: { S: this.#pick(['rock', 'jazz']) }, year: { N: String(this.#whole(5)) }, note: { S: 'x'.repeat(this.#whole(2000)) } }
    return {
      statement: `INSERT INTO statements VALUE {'pk': '${pk}', 'sk': '${sk}', 'genre': '${Item.genre!.S!}', 'year': ${Item.year!.N!}, 'note': '${Item.note!.S!}'}`,
      classic: async (client) => {
        const { ConsumedCapacity } = await client.send(new PutItemCommand({ TableName: 'classic', Item, ConditionExpression: 'attribute_not_exists(pk)', ReturnConsumedCapacity: 'TOTAL' }))
        return { items: [], units: ConsumedCapacity?.CapacityUnits }
      },
    }
  }

  #update (): Pair {
    const { pk, sk } = this.#key()
    const amount = this.#whole(9)
    const condition = this.#condition()
    const [partiql, expression] = this.#pick<readonly [string, string]>([
      [`SET "year" = "year" + ${amount}`, 'SET #year = #year + :amount'],
      [`SET plays = ${amount} REMOVE note`, 'SET plays = :amount REMOVE note'],
      [`SET sums = set_add(sums, <<${amount}>>)`, 'ADD sums :amounts'],
      [`SET "list"[${amount}] = ${amount}`, 'SET #list[0] = :amount'],
      [`SET "list" = [], twin = genre SET plays = ${amount}`, 'SET #list = :empty, twin = genre, plays = :amount'],
    ])
    const values = { ':amount': { N: String(amount) }, ':amounts': { NS: [String(amount)] }, ':empty': { L: [] } }
    return {
      statement: `UPDATE statements ${partiql} WHERE pk = '${pk}' AND sk = '${sk}' AND ${condition.partiql} RETURNING ALL NEW *`,
      classic: async (client) => {
        const { Attributes, ConsumedCapacity } = await client.send(new UpdateItemCommand({
          TableName: 'classic',
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: expression.replace('[0]', `[${amount}]`),
          ConditionExpression: `attribute_exists(pk) AND ${condition.expression}`,
          ...named(`${expression.replace('[0]', '')} ${condition.expression}`, { ...values, ...condition.values }),
          ReturnValues: 'ALL_NEW',
          ReturnConsumedCapacity: 'TOTAL',
        }))
        return { items: [Attributes!], units: ConsumedCapacity?.CapacityUnits }
      },
    }
  }

  #delete (): Pair {
    const { pk, sk } = this.#key()
    return {
      statement: `DELETE FROM statements WHERE pk = '${pk}' AND sk = '${sk}' RETURNING ALL OLD *`,
      classic: async (client) => {
        const { Attributes, ConsumedCapacity } = await client.send(new DeleteItemCommand({ TableName: 'classic', Key: { pk: { S: pk }, sk: { S: sk } }, ReturnValues: 'ALL_OLD', ReturnConsumedCapacity: 'TOTAL' }))
        return { items: Attributes ? [Attributes] : [], units: ConsumedCapacity?.CapacityUnits }
      },
    }
  }

  #get (): Pair {
    const { pk, sk } = this.#key()
    return {
      statement: `SELECT * FROM statements WHERE pk = '${pk}' AND sk = '${sk}'`,
      classic: async (client) => {
        const { Item, ConsumedCapacity } = await client.send(new GetItemCommand({ TableName: 'classic', Key: { pk: { S: pk }, sk: { S: sk } }, ReturnConsumedCapacity: 'TOTAL' }))
        return { items: Item ? [Item] : [], units: ConsumedCapacity?.CapacityUnits }
      },
    }
  }

  #query (): Pair {
    const condition = this.#condition()
    const backwards = this.#random() < 0.5
    const place = this.#pick([
      { from: '', IndexName: undefined, key: 'pk', sort: 'sk', value: this.#key().pk, low: "'b'", Low: { S: 'b' } },
      { from: '."by-genre"', IndexName: 'by-genre', key: 'genre', sort: 'year', value: 'rock', low: '2', Low: { N: '2' } },
    ])
    // A filter of a Query must not name its keys.
    const filtered = place.IndexName ? { partiql: 'attribute_exists(pk)', expression: 'attribute_exists(pk)', values: {} } : condition
    return {
      statement: `SELECT * FROM statements${place.from} WHERE ${place.key} = '${place.value}' AND "${place.sort}" >= ${place.low} AND ${filtered.partiql} ORDER BY "${place.sort}" ${backwards ? 'DESC' : 'ASC'}`,
      classic: async (client) => {
        const KeyConditionExpression = `${place.key} = :key AND #sort >= :low`
        const names = named(filtered.expression, { ...filtered.values, ':key': { S: place.value }, ':low': place.Low }, KeyConditionExpression) // one of the two
        const { Items = [], ConsumedCapacity } = await client.send(new QueryCommand({
          TableName: 'classic',
          IndexName: place.IndexName,
          KeyConditionExpression,
          FilterExpression: filtered.expression,
          ...names,
          ExpressionAttributeNames: { ...names.ExpressionAttributeNames, '#sort': place.sort },
          ScanIndexForward: !backwards,
          ReturnConsumedCapacity: 'TOTAL',
        }))
        return { items: Items, units: ConsumedCapacity?.CapacityUnits }
      },
    }
  }

  #scan (): Pair {
    const condition = this.#condition()
    return {
      statement: `SELECT pk, sk, "year" FROM statements WHERE ${condition.partiql}`,
      classic: async (client) => {
        const { Items = [], ConsumedCapacity } = await client.send(new ScanCommand({
          TableName: 'classic', FilterExpression: condition.expression, ProjectionExpression: 'pk, sk, #year', ...named(`${condition.expression} #year`, condition.values), ReturnConsumedCapacity: 'TOTAL',
        }))
        return { items: Items, units: ConsumedCapacity?.CapacityUnits }
      },
    }
  }

  /** A condition on attributes that are in no key of the table. */
  #condition (depth = 0): Condition {
    const kind = this.#random()
    if (depth < 2 && kind < 0.4) {
      const [one, other] = [this.#condition(depth + 1), this.#condition(depth + 1)]
      const joined = (word: string) => ({ partiql: `(${one.partiql} ${word} ${other.partiql})`, expression: `(${one.expression} ${word} ${other.expression})`, values: { ...one.values, ...other.values } })
      return joined(this.#pick(['AND', 'OR']))
    }
    if (depth < 2 && kind < 0.5) {
      const { partiql, expression, values } = this.#condition(2)
      return { partiql: `NOT ${partiql}`, expression: `NOT ${expression}`, values }
    }
    const number = this.#whole(12)
    const [low, high] = [this.#value({ N: String(number) }), this.#value({ N: String(number + 3) })]
    const genre = this.#value({ S: this.#pick(['rock', 'jazz', 'none']) })
    const text = (name: string, values: Record<string, AttributeValue>) => ({ S: `'${values[name]!.S!}'`, N: values[name]!.N! })
    const conditions: [partiql: string, expression: string, values: Record<string, AttributeValue>][] = [
      [`plays ${this.#pick(['<', '>=', '=', '<>'])} ${number}`, '', low.values],
      [`plays BETWEEN ${number} AND ${number + 3}`, `plays BETWEEN ${low.name} AND ${high.name}`, { ...low.values, ...high.values }],
      [`twin = ${text(genre.name, genre.values).S}`, `twin = ${genre.name}`, genre.values],
      [`begins_with(twin, ${text(genre.name, genre.values).S})`, `begins_with(twin, ${genre.name})`, genre.values],
      [`plays IN [${number}, ${number + 3}]`, `plays IN (${low.name}, ${high.name})`, { ...low.values, ...high.values }],
      [`size(note) > ${number}`, `size(note) > ${low.name}`, low.values],
      ['twin IS MISSING', 'attribute_not_exists(twin)', {}],
      ['attribute_exists("list")', 'attribute_exists(#list)', {}],
      [`contains(sums, ${number})`, `contains(sums, ${low.name})`, low.values],
    ]
    const [partiql, expression, values] = this.#pick(conditions)
    return { partiql, expression: expression || partiql.replace(/\d+$/, low.name), values }
  }

  #value (value: AttributeValue): { name: string, values: Record<string, AttributeValue> } {
    const name = `:v${this.#values++}`
    return { name, values: { [name]: value } }
  }

  #key (): { pk: string, sk: string } {
    return { pk: this.#pick(['p', 'q', 'r']), sk: this.#pick(['a', 'b', 'c', 'd', 'e']) }
  }

  #whole (below: number): number {
    return Math.floor(this.#random() * below)
  }

  #pick<T> (list: readonly T[]): T {
    return list[this.#whole(list.length)]! // below its length
  }
}

/** Placeholders that expressions use, and no others: DynamoDB refuses those. */
function named (filter: string, values: Record<string, AttributeValue>, key = ''): { ExpressionAttributeNames?: Record<string, string>, ExpressionAttributeValues?: Record<string, AttributeValue> } {
  const text = `${filter} ${key}`
  const uses = (placeholder: string) => new RegExp(`${placeholder}\\b`).test(text)
  const names: Record<string, string> = Object.fromEntries(['year', 'list'].filter((name) => uses(`#${name}`)).map((name) => [`#${name}`, name]))
  const used = Object.fromEntries(Object.entries(values).filter(([name]) => uses(name)))
  return { ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }), ...(Object.keys(used).length > 0 && { ExpressionAttributeValues: used }) }
}
