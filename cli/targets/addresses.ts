/** Addresses to listen on that mean "all there are". */
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]'])

/** A URL under which this machine reaches a server at `url`: a wildcard address cannot be connected to. */
export function reachable (url: string): string {
  const { protocol, hostname, port } = new URL(url)
  return `${protocol}//${EVERYWHERE.has(hostname) ? '127.0.0.1' : hostname}${port && `:${port}`}`
}

/** `http://host:port`, with the brackets of an IPv6 address. */
export const httpUrl = (host: string, port: number | string) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** Whether a URL stays on this machine. */
export function isLoopback (url: string): boolean {
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.endsWith('.localhost') || /^127(\.\d+){3}$/.test(hostname)
}
