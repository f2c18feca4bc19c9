import type { KeyValue } from '../iam/evaluator/request.ts'
import type { StsContext } from './context.ts'
import { expiredIdentityToken, invalidIdentityToken } from './errors.ts'

/** What a token says, and how policies may name its issuer. */
export interface WebIdentity {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
  /** The caller as messages name it. */
  readonly arn: string
  /** What a trust policy may have as `Federated`. */
  readonly federated: readonly string[]
  /** Condition keys, by name in lower case. */
  readonly keys: Readonly<Record<string, KeyValue>>
}

/** An identity pool of Cognito, for which the local issuer stands in. */
const COGNITO = 'cognito-identity.amazonaws.com'

/** @throws InvalidIdentityToken, ExpiredTokenException */
export async function identityOf (token: string, { tokens, account }: Pick<StsContext, 'tokens' | 'account'>): Promise<WebIdentity> {
  const result = await tokens.verify(token)
  if ('problem' in result) {
    throw result.problem === 'expired'
      ? expiredIdentityToken()
      : invalidIdentityToken(result.problem === 'issuer'
        ? 'No OpenIDConnect provider found in your account for this issuer: only tokens of the local issuer are trusted'
        : 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)')
  }
  const { sub: subject, iss: issuer, audience } = result
  const provider = issuer.replace(/^https?:\/\//, '')
  return {
    issuer,
    subject,
    audience,
    arn: `arn:aws:sts::${account}:web-identity/${subject}`,
    federated: [COGNITO, `arn:aws:iam::${account}:oidc-provider/${provider}`, provider],
    keys: Object.fromEntries([COGNITO, provider.toLowerCase()].flatMap((name) => [
      [`${name}:sub`, subject],
      [`${name}:aud`, audience],
      [`${name}:amr`, ['authenticated', provider]],
    ]).concat([['aws:federatedprovider', COGNITO]])) as Record<string, KeyValue>, // as it was made
  }
}
