import { apiError } from '../core/errors.ts'

// RFC 6750, section 3: how an answer names the required authentication. Without any token there is no error code.
const challenge = (error?: string) => ({ 'www-authenticate': `Bearer realm="sandtable"${error ? `, error="${error}"` : ''}` })

export const Unauthorized = apiError('UNAUTHORIZED', 'A token is needed: send it as "Authorization: Bearer ..."', 401, challenge())
export const InvalidToken = apiError('INVALID_TOKEN', 'The token is not accepted: %s', 401, challenge('invalid_token'))
export const TokenExpired = apiError('TOKEN_EXPIRED', 'The token has expired', 401, challenge('invalid_token'))
export const InvalidAuthorization = apiError('INVALID_AUTHORIZATION', 'There must be one Authorization header, and there are several', 400, challenge('invalid_request'))

export const AdminOnly = apiError('ADMIN_ONLY', 'Only the group admin may do this', 403, challenge('insufficient_scope'))
/** Also for another user's resource: whether it exists is not revealed. */
export const NothingHere = apiError('NOT_FOUND', 'Nothing was found here for %s', 404)
export const NotYourself = apiError('NOT_YOURSELF', 'The token does not belong to %s', 403)

export const KeysUnreachable = apiError('ISSUER_UNREACHABLE', 'The keys of %s cannot be read, so tokens cannot be verified', 503, { 'retry-after': '5' })
export const NoIssuer = apiError('NO_ISSUER', 'Tokens cannot be verified: set AUTH_ISSUER and AUTH_AUDIENCE', 503, { 'retry-after': '60' })
