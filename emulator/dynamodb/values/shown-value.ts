import type { AttributeValue } from './item.ts'

/** A value as AWS's messages show it. */
export function shownValue (value: AttributeValue): string {
  const [type, content] = Object.entries(value)[0] as [string, unknown] // a checked value has one type
  // A map may have members, such as `toString`, that prevent conversion to text.
  return `AttributeValue: {${type}:${typeof content === 'string' ? content : JSON.stringify(content)}}`
}
