import type { DynamodbService } from '../dynamodb/index.ts'
import type { AccountStore } from '../dynamodb/storage/account-store.ts'

export const MOST_SHARDS = 64

/** A table has no stream, or its stream cannot be split. */
export class BadStream extends Error {
  override name = 'BadStream'
}

/** Moves the shards of streams, so that a consumer's way of following them can be tested. */
export class StreamShards {
  readonly #options: { dynamodb: DynamodbService, store: (account: string, region: string) => Promise<AccountStore>, account: string, region: string }

  constructor (options: { dynamodb: DynamodbService, store: (account: string, region: string) => Promise<AccountStore>, account: string, region: string }) {
    this.#options = options
  }

  /** How many open shards a stream has when it is made. */
  get shards (): number {
    return this.#options.dynamodb.streamShards
  }

  /** Sets the number of open shards of streams that are created from now on. */
  set shards (shards: number) {
    if (!Number.isInteger(shards) || shards < 1 || shards > MOST_SHARDS) throw new BadStream(`A stream has 1 to ${MOST_SHARDS} shards`)
    this.#options.dynamodb.streamShards = shards
  }

  /**
   * Closes every open shard of a table's stream; each gets two children.
   *
   * @returns how many are open now
   * @throws {@link BadStream} the table has no stream, or it would have more than 64 shards
   */
  async split ({ table, account = this.#options.account, region = this.#options.region }: { table: string, account?: string, region?: string }): Promise<number> {
    const { streams, tables } = await this.#options.store(account, region)
    const setting = tables.get(table)?.settings.stream
    const stream = setting?.enabled ? streams.get(setting.arn) : undefined
    if (!stream) throw new BadStream(`The table ${table} has no enabled stream`)
    if (stream.splits.at(-1)!.shards * 2 > MOST_SHARDS) throw new BadStream(`A stream has at most ${MOST_SHARDS} open shards`)
    return streams.split(stream)
  }
}
