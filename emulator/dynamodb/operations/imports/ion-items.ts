import { ionItems } from '../../values/ion.ts'
import { messageOf, TOO_LONG, type ReadItems, type SourceItem } from './item-source.ts'
import { IonNesting } from './ion-nesting.ts'
import { linesOf } from './text-lines.ts'

/** The beginning of each line of an export. */
const VERSION_MARKER = '$ion_1_0'

/** The most text of one value, in characters. */
const LONGEST_VALUE = 16 * 1024 * 1024

/**
 * Reads Ion text: structures with an `Item`, each on one or several lines. The parser gets the text value by value,
 * so that only one is in memory. After a broken value, reading resumes at a line that begins with a version marker.
 */
export const readIonItems: ReadItems = async function * (bytes) {
  let text = ''
  let nesting = new IonNesting()
  const begin = () => {
    text = ''
    nesting = new IonNesting()
  }
  for await (const line of linesOf(bytes)) {
    if (line === undefined || text.length > LONGEST_VALUE) {
      yield TOO_LONG
      begin()
    }
    if (line === undefined) continue
    if (text !== '' && line.startsWith(VERSION_MARKER)) {
      yield * parseText(text)
      begin()
    }
    text += `${line}\n`
    nesting.read(`${line}\n`)
    if (nesting.isInside) continue
    yield * parseText(text)
    begin()
  }
  if (text !== '') yield * parseText(text)
}

function parseText (text: string): SourceItem[] {
  try {
    return ionItems(text).map((item) => ({ item }))
  } catch (error) {
    return [{ fault: messageOf(error) }]
  }
}
