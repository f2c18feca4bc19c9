import { isIP } from 'node:net'
import type { WireRequest } from './wire.ts'

/**
 * Whether a request comes from another site through somebody's browser: a foreign `Origin`, or a `Host` that a public
 * name could have been made to point here (DNS rebinding). Addresses, `localhost` and names without a dot, such as a
 * compose service, cannot be rebound.
 */
export function isForeign (headers: WireRequest['headers'], allowedHosts: readonly string[]): boolean {
  const host = headers['host']
  if (host !== undefined && !isLocalName(hostName(host), allowedHosts)) return true
  const origin = headers['origin']
  return origin !== undefined && !isLocalOrigin(origin, allowedHosts)
}

/** Whether an `Origin` is a site of this machine or network, or of one of the allowed hosts. */
export function isLocalOrigin (origin: string, allowedHosts: readonly string[]): boolean {
  return URL.canParse(origin) && isLocalName(new URL(origin).hostname, allowedHosts)
}

function hostName (host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : ''
}

function isLocalName (name: string, allowedHosts: readonly string[]): boolean {
  const bare = name.replace(/^\[|\]$/g, '')
  return isIP(bare) !== 0 || (bare !== '' && !bare.includes('.')) || bare.endsWith('.localhost') || allowedHosts.includes(bare)
}
