import { validation } from '../errors.ts'
import { UPDATE_FUNCTIONS } from '../expressions/functions.ts'
import { countFault, typesFault } from '../expressions/operand-faults.ts'
import { pathsClash } from '../expressions/parser.ts'
import { knownType, type ParsedUpdate, type UpdateAction, type UpdateOperand } from '../expressions/update.ts'
import { typeOf } from '../values/compare-values.ts'
import type { Path } from '../values/document-path.ts'
import { faultAt } from './faults.ts'
import type { Change, Expression } from './tree.ts'
import { isSet, valueOf, type Binding } from './values.ts'

/** The functions that stand alone on the right side of an assignment, and what they do in an UpdateExpression. */
const SET_FUNCTIONS: Readonly<Record<string, 'add' | 'delete'>> = { set_add: 'add', set_delete: 'delete' }

/**
 * The clauses of an UPDATE as the actions of an UpdateExpression.
 * @throws ValidationException
 */
export function updateOf (changes: readonly Change[], binding: Binding): ParsedUpdate & { readonly heads: readonly string[] } {
  const sections: UpdateAction[] = []
  const nestedPaths = Object.create(null) as Record<string, true>
  for (const change of changes) {
    const action = actionOf(change, binding)
    if (action.path.length > binding.limits.nestingLevels) {
      throw validation(`The document path has too many nesting elements; nesting levels: ${action.path.length}`)
    }
    for (const { path } of sections) {
      const clash = pathsClash(path, action.path)
      if (clash) throw validation(clash.message)
    }
    if (action.path.length > 1) nestedPaths[String(action.path[0])] = true
    sections.push(action)
  }
  return { sections, paths: sections.map(({ path }) => path), nestedPaths, heads: sections.flatMap(headsOf) }
}

/** The first names of the paths that an action writes or reads. */
function headsOf (action: UpdateAction): string[] {
  return [String(action.path[0]), ...(action.type === 'set' ? headsIn(action.val) : [])]
}

function headsIn (operand: UpdateOperand): string[] {
  if (Array.isArray(operand)) return [String(operand[0])]
  return 'args' in operand ? operand.args.flatMap(headsIn) : []
}

function actionOf ({ target: { path }, value }: Change, binding: Binding): UpdateAction {
  if (!value) return { type: 'remove', path }
  const setFunction = value.kind === 'call' ? SET_FUNCTIONS[value.name] : undefined
  if (value.kind === 'call' && setFunction) return setAction(value, setFunction, path, binding)
  const val = operandOf(value, binding)
  return { type: 'set', path, val, attrType: knownType(val) }
}

function setAction ({ name, args, at }: Expression & { kind: 'call' }, type: 'add' | 'delete', path: Path, binding: Binding): UpdateAction {
  const shown = name.toUpperCase()
  const [target, members, ...more] = args
  if (!target || !members || more.length > 0) throw faultAt(`${shown} must have exactly two arguments`, at)
  if (target.kind !== 'path' || !samePath(target.path, path)) throw faultAt(`The first argument to ${shown} must equal the assignment value`, at)
  const val = valueOf(members, binding)
  if (!val || !isSet(val)) throw faultAt(`The second argument to ${shown} must be a value with type SET`, target.at)
  return { type, path, val, attrType: typeOf(val) }
}

function operandOf (expression: Expression, binding: Binding): UpdateOperand {
  if (expression.kind === 'path') return expression.path
  const value = valueOf(expression, binding)
  if (value) return value
  switch (expression.kind) {
    case 'infix': {
      const { operator } = expression
      if (operator !== '+' && operator !== '-') throw validation(`Unsupported operator in Update Expression. Operator: ${operator}`)
      const args: [UpdateOperand, UpdateOperand] = [operandOf(expression.left, binding), operandOf(expression.right, binding)]
      refuse(typesFault(operator, args, ['N']))
      return { type: operator === '+' ? 'add' : 'subtract', args }
    }
    case 'call': return functionOf(expression, binding)
    case 'is': throw validation('IS operator is not supported in update expressions')
    default: throw validation(`Unsupported operator in Update Expression. Operator: ${expression.kind.toUpperCase()}`)
  }
}

function functionOf ({ name, args: given, at }: Expression & { kind: 'call' }, binding: Binding): UpdateOperand {
  const wanted = UPDATE_FUNCTIONS.get(name)
  if (wanted === undefined) throw faultAt(`Unrecognized function: ${name}`, at)
  if (given.length !== wanted) throw validation(countFault(name, given.length))
  const args = given.map((arg) => operandOf(arg, binding)) as [UpdateOperand, UpdateOperand] // as many as were counted
  if (name === 'list_append') refuse(typesFault(name, args, ['L']))
  else if (!Array.isArray(args[0])) throw validation(`Operator or function requires a document path; operator or function: ${name}`)
  return { type: 'function', name: name as 'list_append', args } // one of the two
}

function samePath (one: Path, other: Path): boolean {
  return one.length === other.length && one.every((piece, index) => piece === other[index])
}

function refuse (fault: string | undefined): void {
  if (fault !== undefined) throw validation(fault)
}
