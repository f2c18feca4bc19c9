import { typeOf } from '../values/compare-values.ts'
import type { Path } from '../values/document-path.ts'
import type { AttributeValue } from '../values/item.ts'
import type { Bindings } from './bindings.ts'
import { CONDITION_FUNCTIONS, UPDATE_FUNCTIONS } from './functions.ts'
import { countFault, immediateType, typesFault } from './operand-faults.ts'
import { Parser, pathsClash, type ExpressionLimits } from './parser.ts'

/** The right side of SET: an attribute, a value, a sum or difference, or a function of these. */
export type UpdateOperand =
  | Path
  | AttributeValue
  | { type: 'add' | 'subtract', args: [UpdateOperand, UpdateOperand] }
  | { type: 'function', name: 'if_not_exists' | 'list_append', args: [UpdateOperand, UpdateOperand] }

/** One change of an update. `attrType` is the type of the value, if it is known before the item is read. */
export type UpdateAction = { path: Path, attrType?: string } & (
  | { type: 'set', val: UpdateOperand }
  | { type: 'remove' }
  | { type: 'add' | 'delete', val: AttributeValue }
)

/** An UpdateExpression; the names of its members are dynalite's, whose checks read them. */
export interface ParsedUpdate { sections: UpdateAction[], paths: Path[], nestedPaths: object }

/** @throws ExpressionFault */
export function parseUpdate (source: string, bindings: Bindings, limits: ExpressionLimits): ParsedUpdate {
  return new UpdateParser(source, bindings, limits).parse()
}

type Fault = 'reserved' | 'unknownFunction' | 'misusedFunction' | 'section' | 'name' | 'value' | 'overlap' | 'conflict' | 'operand' | 'function'
type Section = 'SET' | 'REMOVE' | 'ADD' | 'DELETE'

const SECTIONS: readonly Section[] = ['SET', 'REMOVE', 'ADD', 'DELETE']
/** Types as the messages about ADD and DELETE name them. */
const TYPE_WORDS: Record<string, string> = { S: 'STRING', N: 'NUMBER', B: 'BINARY', NULL: 'NULL', BOOL: 'BOOLEAN', L: 'LIST', M: 'MAP' }

class UpdateParser extends Parser<Fault> {
  protected readonly order =
    ['reserved', 'unknownFunction', 'misusedFunction', 'section', 'name', 'value', 'overlap', 'conflict', 'operand', 'function'] as const

  protected readonly keywords = new Set<string>(SECTIONS)
  protected readonly elsewhere = { functions: CONDITION_FUNCTIONS, here: 'an update expression' }
  protected readonly kindOf = { reserved: 'reserved', name: 'name', value: 'value' } as const
  readonly #paths: Path[] = []

  parse (): ParsedUpdate {
    const sections: UpdateAction[] = []
    const seen = new Set<Section>()
    do {
      const section = SECTIONS.find((word) => this.tokens.acceptWord(word)) ?? this.tokens.refuse()
      if (seen.has(section)) this.fault('section', `The "${section}" section can only be used once in an update expression;`)
      seen.add(section)
      do sections.push(this.#action(section)); while (this.tokens.accept(','))
    } while (this.tokens.current.type !== 'end')
    this.finish()
    return { sections, paths: this.#paths, nestedPaths: this.nestedPaths }
  }

  #action (section: Section): UpdateAction {
    const path = this.path()
    this.countOperator()
    const action = this.#actionOn(path, section)
    for (const earlier of this.#paths) {
      const clash = pathsClash(earlier, path)
      if (clash) this.fault(clash.kind, clash.message)
    }
    this.#paths.push(path)
    return action
  }

  #actionOn (path: Path, section: Section): UpdateAction {
    if (section === 'REMOVE') return { type: 'remove', path }
    if (section === 'SET') {
      this.tokens.expect('=')
      const val = this.#assigned()
      return { type: 'set', path, val, attrType: knownType(val) }
    }
    if (this.tokens.current.type !== 'value') this.tokens.refuse()
    const val = this.value()
    const attrType = typeOf(val)
    const word = TYPE_WORDS[attrType ?? '']
    if (word && !(section === 'ADD' && attrType === 'N')) {
      this.fault('operand', `Incorrect operand type for operator or function; operator: ${section}, operand type: ${word}`)
    }
    return { type: section === 'ADD' ? 'add' : 'delete', path, val, attrType }
  }

  #assigned (): UpdateOperand {
    const left = this.#operand()
    const sign = this.tokens.at('+') ? '+' : this.tokens.at('-') ? '-' : undefined
    if (!sign) return left
    this.tokens.take()
    this.countOperator()
    const args: [UpdateOperand, UpdateOperand] = [left, this.#operand()]
    this.#noteTypes(sign, args, 'N')
    return { type: sign === '+' ? 'add' : 'subtract', args }
  }

  #operand (): UpdateOperand {
    if (this.tokens.accept('(')) {
      const operand = this.nested(() => this.#assigned())
      this.tokens.expect(')')
      return operand
    }
    if (this.tokens.current.type === 'value') return this.value()
    return this.atFunction() ? this.#function() : this.path()
  }

  #function (): UpdateOperand {
    const name = this.tokens.take().text
    this.tokens.expect('(')
    this.countOperator()
    const args = [this.nested(() => this.#operand())]
    while (this.tokens.accept(',')) args.push(this.nested(() => this.#operand()))
    this.tokens.expect(')')
    if (args.some((arg) => 'name' in arg && (arg.name as unknown) === 'list_append')) this.misusedFunction('misusedFunction', 'list_append')
    if (!UPDATE_FUNCTIONS.has(name)) {
      this.unknownFunction('unknownFunction', name)
    } else if (args.length !== 2) {
      this.fault('function', countFault(name, args.length))
    } else if (name === 'if_not_exists') {
      if (!Array.isArray(args[0])) this.fault('function', `Operator or function requires a document path; operator or function: ${name}`)
    } else {
      this.#noteTypes(name, args, 'L')
    }
    return { type: 'function', name: name as 'list_append', args: args as [UpdateOperand, UpdateOperand] } // or an error was reported
  }

  #noteTypes (operator: string, args: UpdateOperand[], wanted: 'N' | 'L'): void {
    const fault = typesFault(operator, args, [wanted])
    if (fault !== undefined) this.fault('function', fault)
  }
}

/** The type of the assigned value, if it is known before the item is read. */
export function knownType (operand: UpdateOperand): string | undefined {
  if (Array.isArray(operand) || !('args' in operand)) return immediateType(operand)
  if (operand.type !== 'function') return 'N'
  const alternative: UpdateOperand | undefined = operand.args[1] // unknown in a function that is refused later
  return operand.name === 'list_append' ? 'L' : alternative && knownType(alternative)
}
