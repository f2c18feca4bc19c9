import { Type } from 'typebox'
import { BadTokenRequest } from '../tokens/bad-token-request.ts'
import { TokenRequestSchema } from '../tokens/token-request.ts'
import { ControlError } from './control-error.ts'
import { members, route } from './route.ts'

const IssuedSchema = members({
  token: Type.String({ description: 'to be sent as "Authorization: Bearer ..."' }),
  expiresAt: Type.String({ format: 'date-time' }),
  claims: Type.Object({}, { description: 'the claims of the token' }),
})

const KeysSchema = members({ keys: Type.Array(Type.Object({}, { description: 'a public key, as JWK' })) })

const ConfigurationSchema = Type.Object({ issuer: Type.String({ format: 'uri' }), jwks_uri: Type.String({ format: 'uri' }) })

/** The local issuer; its public routes have the paths of a Cognito user pool. */
export const tokenRoutes = [
  route({
    method: 'POST',
    path: '/tokens',
    summary: 'Issues a token for any user and groups',
    body: TokenRequestSchema,
    answer: IssuedSchema,
    async run ({ tokens }, { body }) {
      try {
        return await tokens.issue(body)
      } catch (error) {
        if (error instanceof BadTokenRequest) throw new ControlError(400, error.message)
        throw error
      }
    },
  }),
  route({
    method: 'GET',
    path: '/issuer/.well-known/jwks.json',
    summary: 'The keys with which tokens are verified (JWKS)',
    answer: KeysSchema,
    run: ({ tokens }) => tokens.keys(),
  }),
  route({
    method: 'GET',
    path: '/issuer/.well-known/openid-configuration',
    summary: 'The OpenID configuration of the issuer',
    answer: ConfigurationSchema,
    run: ({ tokens }) => tokens.configuration(),
  }),
]
