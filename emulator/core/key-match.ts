import { matchesWildcard } from './wildcard.ts'

/** A key to look for: an object's, in which `*` stands for any characters, or an item's attributes. */
export type WantedKey = string | Readonly<Record<string, unknown>>

/** Whether a key, as a service notes it, is the one that is wanted: an item's may have more attributes than those named. */
export function isKey (wanted: WantedKey, key: unknown): boolean {
  if (typeof wanted === 'string') return typeof key === 'string' && matchesWildcard(key, wanted)
  return typeof key === 'object' && key !== null &&
    Object.entries(wanted).every(([name, value]) => isAttribute(value, (key as Record<string, unknown>)[name])) // an object has members
}

/** Whether an attribute has a value, given as `{"S": "a"}`, `"a"` or, for a number, `1`. */
function isAttribute (wanted: unknown, given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false
  const [type, value] = Object.entries(given)[0] ?? []
  if (typeof wanted === 'object' && wanted !== null) {
    const [wantedType, wantedValue] = Object.entries(wanted)[0] ?? []
    return type === wantedType && (type === 'N' ? Number(value) === Number(wantedValue) : value === wantedValue)
  }
  return type === 'N' ? typeof wanted === 'number' && Number(value) === wanted : typeof wanted === 'string' && value === wanted
}
