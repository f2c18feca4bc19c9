import { useMemo, useSyncExternalStore } from 'react'

/** The path below which the emulator serves the page, with a slash at its end. */
export const BASE = import.meta.env.BASE_URL

/** Which state of which page is shown. */
export interface Address {
  /** The segments below {@link BASE}, decoded; none for the first page. */
  path: readonly string[]
  params: URLSearchParams
}

/** `undefined` removes a parameter. */
export type Params = Readonly<Record<string, string | number | undefined>>

/** Parameters that go along to every other page: whose state is looked at. */
const KEPT = ['account', 'region'] as const

const listeners = new Set<() => void>()
const changed = () => { for (const listener of listeners) listener() }
window.addEventListener('popstate', changed)

function subscribe (listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The address, as it changes. */
export function useAddress (): Address {
  const href = useSyncExternalStore(subscribe, () => location.href)
  return useMemo(() => readAddress(new URL(href)), [href])
}

function readAddress (url: URL): Address {
  const path = url.pathname.slice(BASE.length).split('/').filter((segment) => segment !== '').map(decode)
  return { path, params: url.searchParams }
}

function decode (segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment // somebody typed it
  }
}

/** The address of a page, for the account and the region that are looked at. */
export function linkTo (path: readonly string[], params: Params = {}): string {
  const current = new URLSearchParams(location.search)
  const query = new URLSearchParams()
  for (const name of KEPT) setParam(query, name, current.get(name) ?? undefined)
  for (const [name, value] of Object.entries(params)) setParam(query, name, value)
  return `${BASE}${path.map(encodeURIComponent).join('/')}${query.size > 0 ? `?${query}` : ''}`
}

/** The address of the present page with other parameters. */
export function linkWith (params: Params): string {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(params)) setParam(query, name, value)
  return `${location.pathname}${query.size > 0 ? `?${query}` : ''}`
}

function setParam (query: URLSearchParams, name: string, value: string | number | undefined): void {
  if (value === undefined || value === '') query.delete(name)
  else query.set(name, String(value))
}

/** Goes to an address of the console. @param options.replace  leaves no step to go back to */
export function navigate (href: string, { replace = false }: { replace?: boolean } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', href)
  changed()
}

/** Follows links to other pages of the console without loading it again. */
export function followLinks (): void {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null
    if (!(link instanceof HTMLAnchorElement) || (link.target !== '' && link.target !== '_self') || link.hasAttribute('download')) return
    if (link.origin !== location.origin || !link.pathname.startsWith(BASE)) return
    event.preventDefault()
    navigate(link.href)
  })
}
