import type { Database, Write } from '../../core/storage/database.ts'
import { Turns } from '../../core/turns.ts'
import { identifierOf, type KeyRecord, type RecordKind, type Records, type SessionRecord } from './records.ts'

/** A record to be stored, or one to be dropped. */
export type Change = { [K in RecordKind]: { readonly kind: K, readonly put: Records[K] } | { readonly kind: K, readonly drop: Records[K] } }[RecordKind]

export const put = <K extends RecordKind>(kind: K, record: Records[K]): Change => ({ kind, put: record }) as Change // of one kind throughout
export const drop = <K extends RecordKind>(kind: K, record: Records[K]): Change => ({ kind, drop: record }) as Change // as above

const KINDS: readonly RecordKind[] = ['user', 'group', 'role', 'policy', 'key', 'session']

/** After this time a session that has expired is forgotten; until then its calls are refused as expired. */
const FORGOTTEN_AFTER_MS = 36 * 3600_000

/** The users, groups, roles, policies, keys and sessions of one account: all in memory, and in its database. */
export class IamStore {
  readonly account: string
  readonly #database: Database
  readonly #records = Object.fromEntries(KINDS.map((kind) => [kind, new Map()])) as unknown as { [K in RecordKind]: Map<string, Records[K]> } // one map a kind
  readonly #turns = new Turns()
  /** Counts up with every change that could change a decision. */
  version = 0

  private constructor (account: string, database: Database) {
    this.account = account
    this.#database = database
  }

  static async open (account: string, database: Database): Promise<IamStore> {
    const store = new IamStore(account, database)
    for await (const chunk of database.chunks({}, 256)) {
      for (const [key, record] of chunk) {
        const kind = key.slice(0, key.indexOf('/')) as RecordKind // as write() makes keys
        store.#map(kind).set(key.slice(kind.length + 1), record as Records[RecordKind])
      }
    }
    return store
  }

  /** A record by its name or id. */
  get<K extends RecordKind> (kind: K, name: string): Records[K] | undefined {
    return this.#records[kind].get(kind === 'key' || kind === 'session' ? name : name.toLowerCase())
  }

  /** All of a kind, in the order of their names. */
  list<K extends RecordKind> (kind: K): Records[K][] {
    return [...this.#records[kind].entries()].sort(([one], [other]) => one < other ? -1 : 1).map(([, record]) => record)
  }

  /** Whether a key or session of that id was issued here. */
  credentials (accessKeyId: string): KeyRecord | SessionRecord | undefined {
    return this.#records.session.get(accessKeyId) ?? this.#records.key.get(accessKeyId)
  }

  /** Keys of a user. */
  keysOf (user: string): KeyRecord[] {
    return this.list('key').filter((key) => key.user === user)
  }

  /**
   * Makes a change, one at a time: what `work` finds is as it stays until its changes are stored, all in one step.
   *
   * @param work  checks, and gives what to change with what to answer
   */
  change<T> (work: () => { changes: readonly Change[], answer: T }): Promise<T> {
    return this.#turns.take(async () => {
      const { changes, answer } = work()
      await this.#database.commit(changes.map(write))
      for (const change of changes) {
        const record = 'put' in change ? change.put : change.drop
        const map = this.#map(change.kind)
        if ('put' in change) map.set(identifierOf(change.kind, record), record)
        else map.delete(identifierOf(change.kind, record))
      }
      this.version++
      return answer
    })
  }

  /** Stores a session, and forgets those that expired long ago. */
  addSession (session: SessionRecord, now: number): Promise<void> {
    return this.change(() => {
      const old = [...this.#records.session.values()].filter(({ expiresAt }) => expiresAt + FORGOTTEN_AFTER_MS < now)
      return { changes: [...old.map((one) => drop('session', one)), put('session', session)], answer: undefined }
    })
  }

  #map (kind: RecordKind): Map<string, Records[RecordKind]> {
    return this.#records[kind] // a kind's records go into its own map alone
  }
}

function write (change: Change): Write {
  const record = 'put' in change ? change.put : change.drop
  const key = `${change.kind}/${identifierOf(change.kind, record)}`
  return 'put' in change ? { key, value: record } : { key }
}
