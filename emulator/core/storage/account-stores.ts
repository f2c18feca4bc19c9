import type { LoadedState } from '../service.ts'
import type { Partition, Partitions, Storage } from './storage.ts'

/** A service's partitions, each opened once as the service's own store. */
export class AccountStores<T extends object> {
  readonly #prefix: string
  readonly #storage: Pick<Storage, 'names' | 'open' | 'drop'>
  readonly #make: (partition: Partition, name: string[]) => Promise<T>
  readonly #retire: (store: T) => void
  /** A promise while it is opened. */
  #stores = new Map<string, T | Promise<T>>()

  /**
   * @param options.service  the first part of the partitions' names
   * @param options.make     what a partition is to the service; `name` is the rest of its name
   * @param options.retire   called for each store that is no longer handed out; running calls may still use it
   */
  constructor ({ service, storage, make, retire = () => {} }: {
    service: string
    storage: Pick<Storage, 'names' | 'open' | 'drop'>
    make: (partition: Partition, name: string[]) => Promise<T>
    retire?: (store: T) => void
  }) {
    this.#prefix = `${service}/`
    this.#storage = storage
    this.#make = make
    this.#retire = retire
  }

  /** @param name  account, or account and region with a slash between them */
  get (name: string): T | Promise<T> {
    const store = this.#stores.get(name)
    return store ?? this.#open(name)
  }

  /** The store, if there is one. */
  find (name: string): T | Promise<T> | undefined {
    return this.#stores.get(name)
  }

  /** Those that are open. */
  * open (): Generator<T> {
    for (const store of this.#stores.values()) if (!(store instanceof Promise)) yield store
  }

  async load (state: Partitions, begin: (store: T) => Promise<void> = async () => {}): Promise<LoadedState> {
    const loaded = new Map<string, T>()
    for (const full of state.names()) {
      if (!full.startsWith(this.#prefix)) continue
      const name = full.slice(this.#prefix.length)
      loaded.set(name, await this.#make(await state.open(full), name.split('/')))
    }
    return {
      use: () => {
        const before = [...this.#stores.values()]
        this.#stores = new Map(loaded)
        for (const store of before) if (!(store instanceof Promise)) this.#retire(store)
      },
      begin: async () => { for (const store of loaded.values()) await begin(store) },
    }
  }

  /** Does something with each store that is open. */
  async each (action: (store: T) => Promise<void>): Promise<void> {
    for (const store of [...this.#stores.values()]) if (!(store instanceof Promise)) await action(store)
  }

  /** Drops the stores of an account, or all. */
  async drop (account?: string): Promise<void> {
    const names = [...this.#stores.keys()].filter((name) => account === undefined || name.split('/')[0] === account)
    // A store that is just being opened is awaited first: otherwise it would exist again.
    const dropped = await Promise.all(names.map(async (name) => this.#stores.get(name)!))
    for (const name of names) this.#stores.delete(name)
    for (const store of dropped) this.#retire(store)
    await this.#storage.drop(names.map((name) => this.#prefix + name))
  }

  /** Retires all, and drops nothing. */
  async close (): Promise<void> {
    const stores = await Promise.allSettled(Array.from(this.#stores.values(), async (store) => store))
    this.#stores = new Map()
    for (const store of stores) if (store.status === 'fulfilled') this.#retire(store.value)
  }

  #open (name: string): Promise<T> {
    const opening = this.#makeAnew(name)
    this.#stores.set(name, opening)
    const settle = (change: () => void) => { if (this.#stores.get(name) === opening) change() }
    opening.then(
      (store) => settle(() => this.#stores.set(name, store)),
      () => settle(() => this.#stores.delete(name)) // it may be tried again
    )
    return opening
  }

  /** If another state replaces this one meanwhile, the result is the store of the other state. */
  async #makeAnew (name: string): Promise<T> {
    const stores = this.#stores
    const partition = await this.#storage.open(this.#prefix + name)
    if (stores !== this.#stores) return this.get(name)
    const store = await this.#make(partition, name.split('/'))
    if (stores === this.#stores) return store
    this.#retire(store)
    return this.get(name)
  }
}
