import { validation } from '../errors.ts'
import { ExpressionParser } from './expression-parser.ts'
import { faultAt, malformed } from './faults.ts'
import { TokenReader } from './token-reader.ts'
import type { Change, DeleteStatement, ExistsStatement, Expression, InsertStatement, Parsed, Returning, SelectStatement, Source, Statement, UpdateStatement } from './tree.ts'

/**
 * A PartiQL statement as a tree, read from left to right in time proportional to its length.
 *
 * Source: "PartiQL: a SQL-compatible query language for DynamoDB" (developer guide).
 * @throws ValidationException
 */
export function parseStatement (text: string): Parsed {
  return new StatementParser(text).parse()
}

/** Clauses of SQL that DynamoDB does not have. */
const UNSUPPORTED_CLAUSES = ['LIMIT', 'OFFSET', 'GROUP', 'HAVING', 'UNION', 'INTERSECT', 'EXCEPT']

class StatementParser {
  readonly #tokens: TokenReader
  readonly #expressions: ExpressionParser

  constructor (text: string) {
    this.#tokens = new TokenReader(text)
    this.#expressions = new ExpressionParser(this.#tokens)
  }

  parse (): Parsed {
    const statement = this.#statement()
    this.#tokens.finish()
    return { statement, parameters: this.#expressions.parameters }
  }

  #statement (): Statement {
    const tokens = this.#tokens
    if (tokens.accept('SELECT')) return this.#select()
    if (tokens.accept('INSERT')) return this.#insert()
    if (tokens.accept('UPDATE')) return this.#update()
    if (tokens.accept('DELETE')) return this.#delete()
    if (tokens.accept('FROM')) return this.#updateFrom()
    if (tokens.at('EXISTS') && tokens.following?.text === '(') return this.#exists()
    return this.#expressionAlone()
  }

  /** AWS reads an expression where a statement should be, and refuses it by its kind. */
  #expressionAlone (): never {
    if (this.#tokens.atEnd) throw malformed('Unexpected term')
    let found: Expression | undefined
    try {
      found = this.#expressions.expression()
      this.#tokens.finish()
    } catch {
      found = undefined
    }
    if (found?.kind === 'is') throw validation('Unsupported operation: IsType')
    throw malformed('Expected data manipulation')
  }

  #exists (): ExistsStatement {
    this.#tokens.take()
    this.#tokens.take()
    if (!this.#tokens.accept('SELECT')) throw malformed('Unexpected term')
    const select = this.#select()
    this.#tokens.expect(')', 'RIGHT_PAREN')
    return { kind: 'exists', select }
  }

  #select (): SelectStatement {
    const tokens = this.#tokens
    if (tokens.at('DISTINCT')) throw faultAt('Unsupported clause: DISTINCT', tokens.current)
    if (tokens.at('VALUE') || tokens.at('PIVOT')) throw validation("Select projection doesn't support value or pivot keywords")
    const columns = this.#columns()
    tokens.expect('FROM', 'keyword FROM')
    const source = this.#readSource()
    const where = this.#where()
    const orderBy = this.#orderBy()
    const { current } = tokens
    if (current.type === 'keyword' && UNSUPPORTED_CLAUSES.includes(current.text)) throw faultAt(`Unsupported clause: ${current.text}`, current)
    return { kind: 'select', source, columns, ...(where && { where }), ...(orderBy && { orderBy }) }
  }

  #columns (): Expression[] | undefined {
    if (this.#tokens.accept('*')) {
      if (this.#tokens.at(',')) throw validation("Other attributes should not be present in the projection when '*' is used.")
      return undefined
    }
    const columns: Expression[] = []
    do {
      if (this.#tokens.at('*')) throw validation("Other attributes should not be present in the projection when '*' is used.")
      columns.push(this.#expressions.expression())
      this.#alias()
    } while (this.#tokens.accept(','))
    return columns
  }

  /** What SELECT reads: AWS takes any expression here, and refuses most later. */
  #readSource (): Source {
    const { type, text } = this.#tokens.current
    if (type !== 'word' && type !== 'quoted') {
      if (type === 'end') throw malformed('Unexpected term')
      if (type === 'keyword') throw malformed('Unexpected keyword')
      if (type === 'operator') throw malformed(text === '*' ? 'Unexpected term' : 'Unexpected operator')
      throw validation('Unexpected from source')
    }
    const source = this.#source()
    this.#alias()
    if (this.#tokens.at(',') || ['JOIN', 'INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS', 'OUTER'].some((word) => this.#tokens.at(word))) {
      throw validation('Only select from a single table or index is supported.')
    }
    return source
  }

  #source (): Source {
    const { type } = this.#tokens.current
    if (type !== 'word' && type !== 'quoted') throw malformed('Expected identifier for simple path')
    const { path } = this.#expressions.path()
    if (path.some((piece) => typeof piece === 'number')) throw validation('Invalid list expression in source.')
    if (path.length > 2) this.#tokens.refuseLater(validation('A path may contain at most 2 components in the FROM clause'))
    const [table, index] = path.map(String)
    return { table: table!, ...(index !== undefined && { index }) }
  }

  /** The table of a write, which takes no other name there. */
  #target (): Source {
    const source = this.#source()
    this.#alias()
    return source
  }

  #alias (): void {
    const named = this.#tokens.accept('AS') || this.#tokens.accept('AT') || this.#tokens.accept('BY')
    const { type } = this.#tokens.current
    if (!named && type !== 'word' && type !== 'quoted') return
    if (type !== 'word' && type !== 'quoted') throw malformed('Expected identifier for alias')
    this.#tokens.take()
    this.#tokens.refuseLater(validation('Aliasing is not supported'))
  }

  #where (): Expression | undefined {
    return this.#tokens.accept('WHERE') ? this.#expressions.expression() : undefined
  }

  #orderBy (): SelectStatement['orderBy'] {
    if (!this.#tokens.accept('ORDER')) return undefined
    this.#tokens.expect('BY', 'keyword BY')
    const terms: { key: Expression, descending: boolean }[] = []
    do {
      const key = this.#expressions.expression()
      const descending = this.#tokens.accept('DESC')
      if (!descending) this.#tokens.accept('ASC')
      terms.push({ key, descending })
    } while (this.#tokens.accept(','))
    return terms
  }

  #insert (): InsertStatement {
    const tokens = this.#tokens
    tokens.expect('INTO', 'keyword INTO')
    const source = this.#source()
    if (source.index !== undefined) tokens.refuseLater(validation('FROM clause may only contain a single table name in data manipulation statements'))
    const single = tokens.accept('VALUE')
    const item = this.#expressions.expression()
    if (!single) tokens.refuseLater(validation('Unsupported operation: Inserting multiple items in a single statement is not supported, use "INSERT INTO tableName VALUE item" instead'))
    if (tokens.at('AT')) throw validation('AT is not supported in insert statements.')
    if (tokens.at('RETURNING')) throw validation('RETURNING is not supported in INSERT')
    return { kind: 'insert', source, item }
  }

  #update (): UpdateStatement {
    const source = this.#target()
    const changes = this.#changes()
    const where = this.#where()
    return this.#updated(source, changes, where)
  }

  /** `FROM table WHERE ... SET ...`, PartiQL's own form of UPDATE. */
  #updateFrom (): UpdateStatement {
    const source = this.#target()
    const where = this.#where()
    return this.#updated(source, this.#changes(), where)
  }

  #updated (source: Source, changes: Change[], where: Expression | undefined): UpdateStatement {
    const returning = this.#returning()
    return { kind: 'update', source, changes, ...(where && { where }), ...(returning && { returning }) }
  }

  #changes (): Change[] {
    const changes: Change[] = []
    for (;;) {
      if (this.#tokens.accept('SET')) {
        do changes.push(this.#assignment()); while (this.#tokens.accept(','))
      } else if (this.#tokens.accept('REMOVE')) {
        changes.push({ target: this.#expressions.path() })
      } else if (changes.length > 0) {
        return changes
      } else {
        throw malformed('Expected data manipulation')
      }
    }
  }

  #assignment (): Change {
    const target = this.#expressions.path()
    this.#tokens.expect('=', 'EQ for assignment')
    return { target, value: this.#expressions.expression() }
  }

  #delete (): DeleteStatement {
    this.#tokens.expect('FROM', 'keyword FROM')
    const source = this.#target()
    const where = this.#where()
    const returning = this.#returning()
    return { kind: 'delete', source, ...(where && { where }), ...(returning && { returning }) }
  }

  #returning (): Returning | undefined {
    const tokens = this.#tokens
    if (!tokens.accept('RETURNING')) return undefined
    const of = tokens.accept('ALL') ? 'ALL' : tokens.acceptWord('MODIFIED') ? 'MODIFIED' : undefined
    const when = tokens.acceptWord('OLD') ? 'OLD' : tokens.acceptWord('NEW') ? 'NEW' : undefined
    if (!of || !when || !tokens.accept('*')) throw malformed("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")
    if (tokens.at(',')) throw validation('Invalid syntax with multiple returning elements in RETURNING clause')
    return { of, when }
  }
}
