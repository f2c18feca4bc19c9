import { messageOf, TOO_LONG, type ReadItems, type SourceItem } from './item-source.ts'
import { linesOf } from './text-lines.ts'

/** Reads DynamoDB JSON: a line for each item, `{"Item":{...}}`. Empty lines are ignored. */
export const readJsonItems: ReadItems = async function * (bytes) {
  for await (const line of linesOf(bytes)) {
    if (line === undefined) yield TOO_LONG
    else if (line.trim() !== '') yield parseLine(line)
  }
}

function parseLine (line: string): SourceItem {
  try {
    const parsed: unknown = JSON.parse(line)
    const item = parsed !== null && typeof parsed === 'object' && 'Item' in parsed ? parsed.Item : undefined
    return item === undefined ? { fault: 'The line has no Item' } : { item }
  } catch (error) {
    return { fault: messageOf(error) }
  }
}
