import type { StsContext } from './context.ts'
import { newAccessKeyId, newSecret, newSessionToken } from '../iam/principals/ids.ts'
import type { SessionRecord } from '../iam/principals/records.ts'

/** Makes temporary credentials, which end by the emulator's clock, and stores them. */
export async function issueSession (
  { directory, startedAt }: Pick<StsContext, 'directory' | 'startedAt'>,
  { account, seconds, of, ...rest }: { account: string, seconds: number } & Pick<SessionRecord, 'of'> & Partial<Pick<SessionRecord, 'policies' | 'keys' | 'tags' | 'transitiveTags' | 'sourceIdentity'>>
): Promise<SessionRecord> {
  const session: SessionRecord = {
    keys: {},
    tags: [],
    transitiveTags: [],
    ...rest,
    id: newAccessKeyId('ASIA', account),
    secret: newSecret(),
    token: newSessionToken(),
    issuedAt: startedAt,
    expiresAt: startedAt + seconds * 1000,
    of,
  }
  const store = await directory.storeOf(account)
  await store.addSession(session, startedAt)
  return session
}

/** Credentials as STS answers them; times have no part of a second. */
export const shownCredentials = ({ id, secret, token, expiresAt }: SessionRecord): object => ({
  AccessKeyId: id,
  SecretAccessKey: secret,
  SessionToken: token,
  Expiration: `${new Date(expiresAt).toISOString().slice(0, 19)}Z`,
})
