import type { Config } from '../../server/config.ts'
import { isLoopback } from './addresses.ts'

/** Where the SDK's chain may find credentials of the user's choice. */
const CHOSEN = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI']

/**
 * Sets placeholder credentials in the environment if every endpoint is on this machine and none were chosen: these
 * endpoints accept any, and no account is needed.
 */
export function useLocalCredentials (env: NodeJS.ProcessEnv, endpoints: Config['aws']['endpoints']): void {
  const local = Object.values(endpoints).every((url) => url !== undefined && isLoopback(url))
  if (!local || CHOSEN.some((name) => env[name])) return
  env.AWS_ACCESS_KEY_ID = 'sandtable'
  env.AWS_SECRET_ACCESS_KEY = 'sandtable'
}
