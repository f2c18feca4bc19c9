import type { ByteRange } from '../../core/storage/content-store.ts'
import { invalidRange } from '../errors.ts'

const RANGE = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/

/**
 * The part of an object that a `Range` names; `undefined` means all of it, which is also S3's answer to a range
 * that it does not understand, and to several.
 * @throws InvalidRange (416) if the range is outside the object
 */
export function readRange (range: string | undefined, size: number): ByteRange | undefined {
  const [, first, last, suffix] = RANGE.exec((range ?? '').trim()) ?? []
  if (suffix !== undefined) {
    if (Number(suffix) === 0 || size === 0) throw invalidRange(range!, size)
    return { first: Math.max(size - Number(suffix), 0), last: size - 1 }
  }
  if (first === undefined || (last && Number(last) < Number(first))) return undefined
  if (Number(first) >= size) throw invalidRange(range!, size)
  return { first: Number(first), last: last ? Math.min(Number(last), size - 1) : size - 1 }
}
