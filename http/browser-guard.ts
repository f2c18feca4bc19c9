import { BlockList, isIP } from 'node:net'

export interface GuardOptions {
  /** The address that is listened on. Default: 127.0.0.1. */
  listenHost?: string
  /** Host names that are accepted in addition to local ones, and names under them. */
  allowedHosts?: readonly string[]
  /** Origins, such as `https://app.example.org`, whose pages may call. */
  allowedOrigins?: readonly string[]
}

/** The headers that the guard reads: the first value of each. */
export type GuardedHeaders = Readonly<Record<string, string | string[] | undefined>>

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** Hosts for which no attacker's DNS can answer: clients reach them by a hosts file or a proxy. */
const AWS_HOST = /(^|\.)amazonaws\.com(\.cn)?$/

/** How many different Host and Origin headers are cached: clients send few, and an attacker may send many. */
const MOST_REMEMBERED = 1000

/**
 * Rejects requests that another site sends through a user's browser, and requests for a host name that another site has
 * pointed at this machine (DNS rebinding). A client that is not a browser sends neither `Origin` nor `Sec-Fetch-Site`.
 *
 * See docs/decisions/0019-what-browsers-may-reach.md.
 */
export class BrowserGuard {
  readonly #hosts: ReadonlySet<string>
  readonly #allowedHosts: readonly string[]
  readonly #origins: ReadonlySet<string>
  readonly #listensEverywhere: boolean
  readonly #knownHosts = new Map<string, boolean>()
  readonly #knownOrigins = new Map<string, boolean>()

  constructor ({ listenHost = '127.0.0.1', allowedHosts = [], allowedOrigins = [] }: GuardOptions = {}) {
    const name = listenHost.toLowerCase()
    this.#listensEverywhere = name === '0.0.0.0' || name === '::'
    this.#allowedHosts = allowedHosts.map((host) => host.toLowerCase())
    this.#hosts = new Set([...this.#allowedHosts, ...this.#listensEverywhere ? [] : [name]])
    this.#origins = new Set(allowedOrigins.map((origin) => new URL(origin).origin))
  }

  /** Why a request is rejected, in one sentence; `undefined` if it is accepted. */
  refusal (method: string, headers: GuardedHeaders): string | undefined {
    const host = first(headers['host'])
    if (host !== undefined && !this.#isKnownHost(host)) return `This server does not answer for the host ${JSON.stringify(host.slice(0, 255))}`
    const origin = first(headers['origin'])
    if (origin !== undefined) {
      return this.allowsOrigin(origin, host) ? undefined : `Pages of the origin ${JSON.stringify(origin.slice(0, 255))} may not call this server`
    }
    if (first(headers['sec-fetch-site']) !== 'cross-site' || isLink(method, headers)) return undefined
    return 'Pages of other sites may not call this server'
  }

  /**
   * Whether pages of an origin may call and read the answers.
   * @param host  of the request: a page from this server has the same origin
   */
  allowsOrigin (origin: string, host?: string): boolean {
    if (host !== undefined && origin === `http://${host}`) return true
    return remembered(this.#knownOrigins, origin, () => this.#checkOrigin(origin))
  }

  #checkOrigin (origin: string): boolean {
    if (!URL.canParse(origin)) return false
    const url = new URL(origin)
    if (this.#origins.has(url.origin)) return true
    const name = plainName(url.hostname)
    return isLoopback(name) || this.#hosts.has(name)
  }

  #isKnownHost (host: string): boolean {
    return remembered(this.#knownHosts, host, () => {
      if (!URL.canParse(`http://${host}`)) return false
      const url = new URL(`http://${host}`)
      if (url.pathname !== '/' || url.username !== '' || url.search !== '' || url.hash !== '') return false
      const name = plainName(url.hostname)
      // DNS rebinding needs a name. A server that listens on all addresses cannot know which of them are published.
      if (isIP(name) !== 0 && this.#listensEverywhere) return true
      return isLoopback(name) || this.#hosts.has(name) || AWS_HOST.test(name) || this.#allowedHosts.some((allowed) => name.endsWith(`.${allowed}`))
    })
  }
}

/** Caches a limited number of results: each request needs one. */
function remembered (known: Map<string, boolean>, header: string, check: () => boolean): boolean {
  let answer = known.get(header)
  if (answer === undefined) {
    answer = check()
    if (known.size >= MOST_REMEMBERED) known.clear()
    if (header.length <= 300) known.set(header, answer)
  }
  return answer
}

/** Whether a user follows a link to a page: the site that has the link cannot read it. */
function isLink (method: string, headers: GuardedHeaders): boolean {
  return (method === 'GET' || method === 'HEAD') && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

const first = (header: string | string[] | undefined): string | undefined => Array.isArray(header) ? header[0] : header

/** Without the brackets of an IPv6 address, and without the dot that may end a name. */
const plainName = (hostname: string): string => hostname.replace(/^\[|\]$|\.$/g, '')

function isLoopback (name: string): boolean {
  const family = isIP(name)
  if (family === 0) return name === 'localhost' || name.endsWith('.localhost')
  return loopback.check(name, family === 6 ? 'ipv6' : 'ipv4')
}

/** Whether an address to listen on lets other machines in. */
export const isReachableFromOutside = (listenHost: string): boolean => !isLoopback(listenHost.toLowerCase())

/** Whether a URL's host name is this machine's own: a loopback address, `localhost`, or a name under it. */
export const isLoopbackHost = (hostname: string): boolean => isLoopback(plainName(hostname.toLowerCase()))
