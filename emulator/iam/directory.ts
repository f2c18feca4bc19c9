import type { CredentialProblem } from '../core/credentials.ts'
import type { Environment, LoadedState } from '../core/service.ts'
import { AccountStores } from '../core/storage/account-stores.ts'
import type { Partitions } from '../core/storage/storage.ts'
import { callerOf, rootOf, type Caller } from './principals/caller.ts'
import { accountInKey } from './principals/ids.ts'
import { IamStore } from './principals/iam-store.ts'
import type { KeyRecord, SessionRecord } from './principals/records.ts'

/** The users, roles, keys and sessions of all accounts: what IAM writes, and STS and the checks of access read. */
export class IamDirectory {
  readonly #stores: AccountStores<IamStore>
  readonly #defaultAccount: string

  /** @param options.accountId  the account of keys that were not issued here */
  constructor ({ storage }: Pick<Environment, 'storage'>, { accountId }: { accountId: string }) {
    this.#defaultAccount = accountId
    this.#stores = new AccountStores({ service: 'iam', storage, make: ({ database }, [account = '']) => IamStore.open(account, database) })
  }

  /** What an account has; made when it is first asked for. */
  async storeOf (account: string): Promise<IamStore> {
    return this.#stores.get(account)
  }

  /** What an account has, if it ever had anything. */
  find (account: string): IamStore | undefined {
    const store = this.#stores.find(account)
    return store instanceof Promise ? undefined : store // one that is being opened for the first time has issued no key yet
  }

  /** A key or session that was issued here, and not by AWS or a test. */
  credentials (accessKeyId: string): { store: IamStore, credentials: KeyRecord | SessionRecord } | undefined {
    const account = accountInKey(accessKeyId)
    // A seed gives keys of any form to the default account.
    return (account === undefined ? undefined : this.#credentialsIn(account, accessKeyId)) ?? this.#credentialsIn(this.#defaultAccount, accessKeyId)
  }

  #credentialsIn (account: string, accessKeyId: string): { store: IamStore, credentials: KeyRecord | SessionRecord } | undefined {
    const store = this.find(account)
    const credentials = store?.credentials(accessKeyId)
    return store && credentials && { store, credentials }
  }

  /** The account of a key that was issued here. */
  accountOf (accessKeyId: string): string | undefined {
    return this.credentials(accessKeyId)?.store.account
  }

  /** Temporary credentials end by the emulator's clock. */
  problemOf (accessKeyId: string, now: number): CredentialProblem | undefined {
    const credentials = accessKeyId.startsWith('ASIA') ? this.credentials(accessKeyId)?.credentials : undefined
    return credentials && 'expiresAt' in credentials && credentials.expiresAt <= now
      ? { code: 'ExpiredTokenException', message: 'The security token included in the request is expired' }
      : undefined
  }

  /** The caller of a key. A key that was not issued here belongs to the account's root. */
  caller (accessKeyId: string | undefined): Caller {
    const store = accessKeyId === undefined ? undefined : this.credentials(accessKeyId)?.store
    return (store && callerOf(store, accessKeyId!)) ?? rootOf(accessKeyId, this.#defaultAccount)
  }

  load (state: Partitions): Promise<LoadedState> {
    return this.#stores.load(state)
  }

  reset (account?: string): Promise<void> {
    return this.#stores.drop(account)
  }

  close (): Promise<void> {
    return this.#stores.close()
  }
}
