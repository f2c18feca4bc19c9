import { pipeline, Readable } from 'node:stream'
import { parse } from 'csv-parse'
import type { TableKeys } from '../../values/item.ts'
import type { ReadItems, SourceItem } from './item-source.ts'

export interface CsvOptions { Delimiter?: string, HeaderList?: string[] }

/** The most text of one row, in characters. */
const LONGEST_ROW = 16 * 1024 * 1024

/**
 * Reads CSV: a row for each item. The first row names the columns, unless a list of names is given. Key attributes of the
 * table and its indexes have their declared types, all others are strings.
 */
export function readCsvItems ({ AttributeDefinitions }: Pick<TableKeys, 'AttributeDefinitions'>, { Delimiter = ',', HeaderList }: CsvOptions = {}): ReadItems {
  const types = new Map(AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]))
  const itemOf = (names: readonly string[], row: readonly string[]): SourceItem => {
    if (row.length !== names.length) return { fault: `The row has ${row.length} columns, and the header ${names.length}` }
    return { item: Object.fromEntries(names.map((name, column) => [name, { [types.get(name) ?? 'S']: row[column] }])) }
  }
  return async function * (bytes) {
    const faults: { line: number, fault: string }[] = []
    const rows = pipeline(Readable.from(bytes), parse({
      delimiter: Delimiter,
      record_delimiter: ['\r\n', '\n'],
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: LONGEST_ROW,
      on_skip: (error) => { faults.push({ line: Number(error?.lines ?? 0), fault: error?.message ?? 'The row cannot be read' }) },
    }), () => {}) // the row loop gets the error
    let names = HeaderList
    for await (const { record, info } of rows as AsyncIterable<{ record: string[], info: { lines: number } }>) { // the shape of rows with the option `info`
      // The parser is ahead of this loop.
      while (faults[0] && faults[0].line <= info.lines) yield { fault: faults.shift()!.fault }
      if (names) yield itemOf(names, record)
      else names = record
    }
    for (const { fault } of faults) yield { fault }
  }
}
