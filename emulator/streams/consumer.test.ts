import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand, type DynamoDBStreamsClient, type Shard, type _Record } from '@aws-sdk/client-dynamodb-streams'
import { test } from 'tap'
import { overAllWays } from '../test-support/emulator.ts'

const KEYS = 12
const ROUNDS = 10
const PAGE = 7

/**
 * A consumer as the Kinesis Client Library is one: it finds shards by DescribeStream, page by page, reads a shard from its beginning
 * to its end, and begins a child only when its parent is read.
 */
class Consumer {
  readonly records: _Record[] = []
  readonly #streams: DynamoDBStreamsClient
  readonly #arn: string
  /** By shard: its next iterator, or `undefined` when it is read to its end. */
  readonly #iterators = new Map<string, string | undefined>()

  constructor (streams: DynamoDBStreamsClient, arn: string) {
    this.#streams = streams
    this.#arn = arn
  }

  /** Reads one page of every shard that may be read. */
  async poll (): Promise<void> {
    await this.#beginShards()
    for (const [id, ShardIterator] of this.#iterators) {
      if (ShardIterator === undefined) continue
      const { Records = [], NextShardIterator } = await this.#streams.send(new GetRecordsCommand({ ShardIterator, Limit: PAGE }))
      this.records.push(...Records)
      this.#iterators.set(id, NextShardIterator)
    }
  }

  get shards (): number { return this.#iterators.size }

  get openShards (): number { return [...this.#iterators.values()].filter((iterator) => iterator !== undefined).length }

  async #beginShards (): Promise<void> {
    const shards = await this.#describe()
    const known = new Set(shards.map(({ ShardId }) => ShardId))
    for (const { ShardId, ParentShardId } of shards) {
      if (ShardId === undefined || this.#iterators.has(ShardId)) continue
      const isParentRead = ParentShardId === undefined || !known.has(ParentShardId) || (this.#iterators.has(ParentShardId) && this.#iterators.get(ParentShardId) === undefined)
      if (!isParentRead) continue
      const { ShardIterator } = await this.#streams.send(new GetShardIteratorCommand({ StreamArn: this.#arn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }))
      this.#iterators.set(ShardId, ShardIterator)
    }
  }

  async #describe (): Promise<Shard[]> {
    const all: Shard[] = []
    let after: string | undefined
    do {
      const { StreamDescription } = await this.#streams.send(new DescribeStreamCommand({ StreamArn: this.#arn, Limit: 2, ExclusiveStartShardId: after }))
      all.push(...StreamDescription?.Shards ?? [])
      after = StreamDescription?.LastEvaluatedShardId
    } while (after !== undefined)
    return all
  }
}

test('a consumer that follows shards and their parents reads every change once, in the order of its key', async (t) => {
  overAllWays(t, async (t, start) => {
    const { emulator, clients: { dynamodb, streams } } = await start()
    const { TableDescription } = await dynamodb.send(new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }))
    const consumer = new Consumer(streams, TableDescription!.LatestStreamArn!)
    for (let round = 0; round < ROUNDS; round++) {
      for (let key = 0; key < KEYS; key++) {
        await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: `order-${key}` }, round: { N: String(round) } } }))
        // It reads while others write, and is behind them when shards are split.
        if (key % 5 === 0) await consumer.poll()
        if (key === 6 && round % 3 === 1) await emulator.streams.split({ table: 'orders' })
      }
      if (round === 4) await emulator.clock.advance(5 * 3_600_000) // shards close after four hours by themselves
    }
    for (let polls = 0; polls < 200 && consumer.records.length < KEYS * ROUNDS; polls++) await consumer.poll()
    await consumer.poll()

    const read = consumer.records.map(({ dynamodb }) => `${dynamodb!.NewImage!.id!.S} ${dynamodb!.NewImage!.round!.N}`)
    t.equal(read.length, KEYS * ROUNDS, 'none is lost')
    t.equal(new Set(read).size, read.length, 'none comes twice')
    for (let key = 0; key < KEYS; key++) {
      const own = read.filter((change) => change.startsWith(`order-${key} `))
      t.strictSame(own, Array.from({ length: ROUNDS }, (_, round) => `order-${key} ${round}`), `order-${key} is in order`)
    }
    t.ok(consumer.shards > 8, `${consumer.shards} shards are followed`)
    t.ok(consumer.openShards < consumer.shards, 'those that were split are read to their end')
  })
})
