import type { AttributeValue } from './item.ts'

/** A value as AWS's messages show it. */
export function shownValue (value: AttributeValue): string {
  const [type, content] = Object.entries(value)[0] as [string, unknown] // a checked value has one type
  // A map may have any members, among them such as make no text of it.
  return `AttributeValue: {${type}:${typeof content === 'string' ? content : JSON.stringify(content)}}`
}
