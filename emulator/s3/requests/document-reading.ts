import { malformedXml } from '../errors.ts'
import type { XmlDocument } from './document-body.ts'

/**
 * The children of an element, by name.
 * @param known  the names that S3's schema has there
 * @throws MalformedXML for text, and for a child of another name
 */
export function childrenOf<K extends string> (element: unknown, known: readonly K[]): Partial<Record<K, unknown>> {
  if (typeof element === 'string' && element.trim() === '') return {}
  if (element === null || typeof element !== 'object' || Array.isArray(element)) throw malformedXml()
  const children: Partial<Record<K, unknown>> = {}
  for (const [name, child] of Object.entries(element as XmlDocument)) { // the parser makes no other objects
    if (known.includes(name as K)) children[name as K] = child // it is one of them
    else if (name !== '#text' || String(child).trim() !== '') throw malformedXml()
  }
  return children
}

/** The occurrences of an element that may repeat, or be missing. */
export const listOf = (elements: unknown): unknown[] => [elements ?? []].flat()

/**
 * The text of an element that may be missing.
 * @throws MalformedXML if it has children, or repeats
 */
export function textOf (element: unknown): string | undefined {
  if (element !== undefined && typeof element !== 'string') throw malformedXml()
  return element
}

/** @throws MalformedXML if it is missing, has children, or repeats */
export function requiredText (element: unknown): string {
  const text = textOf(element)
  if (text === undefined) throw malformedXml()
  return text
}

/**
 * A whole number in an element that may be missing.
 * @throws MalformedXML if it is anything else
 */
export function integerOf (element: unknown): number | undefined {
  const text = textOf(element)?.trim()
  if (text === undefined) return undefined
  if (!/^-?\d{1,15}$/.test(text)) throw malformedXml()
  return Number(text)
}

/** One of a list of words. @throws MalformedXML for any other */
export function wordOf<W extends string> (element: unknown, words: readonly W[]): W {
  const word = requiredText(element).trim()
  if (!words.includes(word as W)) throw malformedXml()
  return word as W // it is one of them
}
