import { isKeyword, OPERATOR_WORDS } from './keywords.ts'
import { malformed } from './faults.ts'
import type { Position } from './tree.ts'

/** A piece of a statement. Quotes are removed, and words that are keywords or operators are in capital letters. */
export interface Token extends Position {
  readonly type: 'word' | 'quoted' | 'keyword' | 'operator' | 'number' | 'string' | 'ion' | 'symbol' | 'end'
  readonly text: string
}

/*
 * Each alternative reads to its end or fails at once, so that reading takes time in proportion to the statement. A comment
 * or a quote that is not closed matches nothing.
 */
const TOKEN = new RegExp([
  /(?<space>\s+|--[^\n\r]*|\/\*(?:[^*]|\*(?!\/))*\*\/)/,
  /(?<word>[A-Za-z_$][\w$]*)/,
  /(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/,
  /'(?<string>(?:[^']|'')*)'/,
  /"(?<quoted>(?:[^"]|"")*)"/,
  /`(?<ion>[^`]*)`/,
  /(?<operator><>|<=|>=|!=|\|\||[=<>+\-*%]|\/(?!\*))/,
  /(?<symbol><<|>>|[()[\]{},.:;?])/,
].map(({ source }) => source).join('|'), 'suy')

/** `<<` and `>>` are symbols where they stand together; the alternatives above would read two operators. */
const BAG = /<<|>>/y

type Group = Exclude<Token['type'], 'keyword' | 'end'> | 'space'

/**
 * The tokens of a statement, without space and comments; the last is its end.
 * @throws ValidationException for what is no token
 */
export function tokensOf (statement: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let lineStart = 0
  let newline = statement.indexOf('\n')
  let place = 0
  while (place < statement.length) {
    const [group, text, end] = tokenAt(statement, place)
    if (group !== 'space') tokens.push({ ...typed(group, text), line, column: place - lineStart + 1, length: lengthOf(group, text, end - place) })
    while (newline >= 0 && newline < end) {
      line++
      lineStart = newline + 1
      newline = statement.indexOf('\n', lineStart)
    }
    place = end
  }
  tokens.push({ type: 'end', text: '', line, column: place - lineStart + 1, length: 0 })
  return tokens
}

function tokenAt (statement: string, place: number): [Group, string, number] {
  BAG.lastIndex = place
  if (BAG.test(statement)) return ['symbol', statement.slice(place, place + 2), place + 2]
  TOKEN.lastIndex = place
  const match = TOKEN.exec(statement)
  if (!match) throw malformed()
  const [group, text] = Object.entries(match.groups!).find(([, text]) => text !== undefined)! as [Group, string] // one has matched, and they are named for the types
  return [group, text, TOKEN.lastIndex]
}

function typed (group: Exclude<Group, 'space'>, text: string): Pick<Token, 'type' | 'text'> {
  if (group === 'string') return { type: group, text: text.replaceAll("''", "'") }
  if (group === 'quoted') return { type: group, text: text.replaceAll('""', '"') }
  if (group !== 'word') return { type: group, text }
  const capitals = text.toUpperCase()
  if (OPERATOR_WORDS.has(capitals)) return { type: 'operator', text: capitals }
  return isKeyword(capitals) ? { type: 'keyword', text: capitals } : { type: 'word', text }
}

/** AWS's positions count a quoted name with its quotes. */
function lengthOf (group: Group, text: string, characters: number): number {
  return group === 'word' ? text.length : characters
}
