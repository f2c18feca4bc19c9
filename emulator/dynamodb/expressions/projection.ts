import type { Path } from '../values/document-path.ts'
import type { Bindings } from './bindings.ts'
import { Parser, pathsClash, type ExpressionLimits } from './parser.ts'

/** The paths that a ProjectionExpression names. */
export interface Projection { paths: Path[], nestedPaths: object }

type Fault = 'reserved' | 'name' | 'overlap' | 'conflict'

/** @throws ExpressionFault */
export function parseProjection (source: string, bindings: Bindings, limits: ExpressionLimits): Projection {
  return new ProjectionParser(source, bindings, limits).parse()
}

class ProjectionParser extends Parser<Fault> {
  protected readonly order = ['reserved', 'name', 'overlap', 'conflict'] as const
  protected readonly keywords = new Set<string>()
  protected readonly elsewhere = { functions: new Map<string, number>(), here: 'a projection expression' }
  protected readonly kindOf = { reserved: 'reserved', name: 'name', value: 'name' } as const

  parse (): Projection {
    const paths = [this.path()]
    while (this.tokens.accept(',')) paths.push(this.path())
    for (const [index, path] of paths.entries()) {
      for (const earlier of paths.slice(0, index)) {
        const clash = pathsClash(earlier, path)
        if (clash) this.fault(clash.kind, clash.message)
      }
    }
    this.finish()
    return { paths, nestedPaths: this.nestedPaths }
  }
}
