import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { typeOf } from '../tables/describe.ts'
import { valueOf } from './builder.ts'
import { attributeOf, fromDynamoJson, fromPlainJson, isDynamoJson, shownValue, type Item } from './values.ts'

/** Items as CSV, as RFC 4180 has it: nested values and sets as JSON. */
export function toCsv (items: readonly Item[]): string {
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))]
  return [names, ...items.map((item) => names.map((name) => shownValue(attributeOf(item, name))))].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

const cell = (text: string): string => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** Items of a JSON array, or of one object a line; DynamoDB's JSON or plain JSON, also as `{"Item": ...}`. */
export function fromJsonText (text: string): Item[] {
  const json: unknown = text.trimStart().startsWith('[') ? JSON.parse(text) : text.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown)
  if (!Array.isArray(json)) throw new Error('The file holds no list of items')
  return json.map((one: unknown) => {
    const wrapped = typeof one === 'object' && one !== null && Object.keys(one).join() === 'Item' ? (one as { Item: unknown }).Item : one // it has this member alone
    return isDynamoJson(wrapped) ? fromDynamoJson(wrapped) : fromPlainJson(wrapped)
  })
}

/** Items of CSV whose first row has the names. Keys get the table's types, everything else is a string, as ImportTable has it. */
export async function fromCsv (text: string, table: TableDescription): Promise<Item[]> {
  const { parse } = await import('csv-parse/browser/esm/sync')
  const rows = parse<Record<string, string>>(text, { columns: true, skip_empty_lines: true, bom: true })
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '').map(([name, value]) => [name, valueOf(typeOf(table, name), value)])))
}
