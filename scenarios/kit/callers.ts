import { decodeJwt } from 'jose'
import type { ApiClient } from './api-client.ts'
import { NotApplicable } from './not-applicable.ts'

/** A user with a token. */
export interface Caller {
  /** The token's `sub`. */
  userId: string
  /** The API, asked with the token. */
  api: ApiClient
  /** The token, for what asks by other means. */
  headers: { authorization: string }
}

/** Which user a scenario asks for. */
export interface Who {
  groups?: readonly string[]
  /** Nothing is stored of it yet: the user of a token that was given may have been there before. */
  unused?: boolean
}

export interface CallersOptions {
  api: ApiClient
  /** Whose issuer gives the tokens. */
  emulatorUrl: string | undefined
  /** The app client that the tokens are for. Default: the emulator's own. */
  clientId?: string
  /** What the run was given, for where there is no emulator: it is of one user only. */
  token: string | undefined
  newUserId: () => string
}

/** Longer than any scenario moves the clock. */
const TTL = '366d'

/** Makes callers; each is a new user. */
export function createCallers ({ api, emulatorUrl, clientId, token, newUserId }: CallersOptions): (who?: Who) => Promise<Caller> {
  let isTaken = false

  return async ({ groups = [], unused = false } = {}) => {
    if (emulatorUrl !== undefined) {
      const userId = newUserId()
      return caller(userId, await issue(emulatorUrl, { sub: userId, groups, clientId }))
    }
    if (token === undefined || isTaken || groups.length > 0) {
      throw new NotApplicable('it needs a token of each user: give the address of the emulator with --emulator, or the one token with --token')
    }
    if (unused) throw new NotApplicable('it needs a user of whom nothing is stored: give the address of the emulator with --emulator')
    isTaken = true
    return caller(decodeJwt(token).sub ?? '', token)
  }

  function caller (userId: string, token: string): Caller {
    return { userId, api: api.withToken(token), headers: { authorization: `Bearer ${token}` } }
  }
}

async function issue (emulatorUrl: string, claims: object): Promise<string> {
  const response = await fetch(new URL('/_sandtable/tokens', emulatorUrl), { method: 'POST', body: JSON.stringify({ ...claims, ttl: TTL }) })
  if (!response.ok) throw new Error(`Cannot begin: the emulator gives no token: ${response.status} ${await response.text()}`)
  const { token } = await response.json() as { token: string } // the control API's own answer
  return token
}
