import { Type, type Static } from 'typebox'
import { parseDuration } from '../control/duration.ts'
import { schemaFaults } from '../core/schema-faults.ts'
import { BadTokenRequest } from './bad-token-request.ts'

/** The app client of tokens that name none. */
const DEFAULT_CLIENT_ID = 'sandtable'
const DEFAULT_TTL = '1h'

const SHORTEST_TTL_MS = 1000
/** Cognito's end after a day at most; a clock that is moved by months wants longer ones. */
const LONGEST_TTL_MS = 366 * 86_400_000
const TTL = 'a duration from 1s to 366d, such as "15m" or "PT1H"'
const MOST_CLAIM_BYTES = 4096

/** What the issuer itself says in every token. */
const OWN_CLAIMS: ReadonlySet<string> = new Set([
  'iss', 'sub', 'aud', 'client_id', 'token_use', 'exp', 'iat', 'auth_time', 'jti', 'origin_jti', 'event_id', 'username', 'cognito:username', 'cognito:groups',
])

/** Cognito's limits: 128 characters of a group's name, 100 groups of a user. */
const GroupSchema = Type.String({ pattern: '^[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]{1,128}$', description: 'the name of a group, of 1 to 128 characters without spaces' })

export const TokenRequestSchema = Type.Object({
  sub: Type.String({ pattern: '^[^\\p{Cc}\\p{Cs}]{1,256}$', description: 'the user, in 1 to 256 characters without control characters' }),
  groups: Type.Optional(Type.Array(GroupSchema, { maxItems: 100, uniqueItems: true })),
  ttl: Type.Optional(Type.String({ default: DEFAULT_TTL, description: TTL })),
  use: Type.Optional(Type.Enum(['access', 'id'], {
    default: 'access',
    description: 'access (the app client is in client_id) or id (it is in aud)',
  })),
  clientId: Type.Optional(Type.String({
    pattern: '^[\\w+.:-]{1,128}$', default: DEFAULT_CLIENT_ID, description: 'an app client, of 1 to 128 characters of A-Z a-z 0-9 _ + . : -',
  })),
  claims: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'more claims, at most 4 KB as JSON, except those that the issuer sets' })),
}, { additionalProperties: false })

/** A request for a token: for whom, in which groups, for how long, for which app client, with which claims. */
export type TokenRequest = Static<typeof TokenRequestSchema>

/** The same with its defaults, checked. */
export interface CheckedTokenRequest extends Required<Omit<TokenRequest, 'ttl'>> { ttlMs: number }

/** @throws BadTokenRequest */
export function checkTokenRequest (given: unknown): CheckedTokenRequest {
  const faults = schemaFaults(TokenRequestSchema, given, 'The request')
  if (faults.length > 0) throw new BadTokenRequest(faults.join('; '))
  const { sub, groups = [], ttl = DEFAULT_TTL, use = 'access', clientId = DEFAULT_CLIENT_ID, claims = {} } = given as TokenRequest // it has no faults
  const ttlMs = parseDuration(ttl)
  if (ttlMs === undefined || ttlMs < SHORTEST_TTL_MS || ttlMs > LONGEST_TTL_MS) throw new BadTokenRequest(`"ttl" takes ${TTL}, not ${JSON.stringify(ttl)}`)
  const taken = Object.keys(claims).filter((name) => OWN_CLAIMS.has(name))
  if (taken.length > 0) throw new BadTokenRequest(`"claims" must not have ${taken.join(', ')}: the issuer sets that itself`)
  if (Buffer.byteLength(JSON.stringify(claims)) > MOST_CLAIM_BYTES) throw new BadTokenRequest(`"claims" must not have more than ${MOST_CLAIM_BYTES} bytes as JSON`)
  return { sub, groups, ttlMs, use, clientId, claims }
}
