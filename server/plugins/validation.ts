import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifySchemaValidationError } from 'fastify'
import fp from 'fastify-plugin'
import { ValidationFailed, type Fault } from '../core/errors.ts'

/**
 * Unknown members are faults, all faults are reported. `verbose` gives the error formatter the schema. The schemas
 * themselves are TypeBox's, and compiling their meta-schema to check them would be a sixth of the start.
 */
const OPTIONS: Options = { allErrors: true, removeAdditional: false, useDefaults: true, verbose: true, allowUnionTypes: true, meta: false, validateSchema: false }

/** A hostile body can have a fault in every byte. */
const MOST_FAULTS = 100

/** The validator of bodies, for what comes by another way. */
export function createAjv (more: Options = {}): Ajv {
  const ajv = new Ajv({ ...OPTIONS, ...more })
  addFormats.default(ajv)
  return ajv
}

/**
 * Validates by JSON Schema: bodies as they are, query and path parameters turned from text into what the schema wants. A
 * schema is compiled when the first request needs it, as those of answers are.
 */
export const validation = fp((app, _options, done) => {
  const asItIs = createAjv()
  const coercing = createAjv({ coerceTypes: 'array' })
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    let compiled: ValidateFunction | undefined
    // As ajv's own, which Fastify asks for the errors of its last call.
    function validate (value: unknown): boolean {
      compiled ??= (httpPart === 'body' ? asItIs : coercing).compile(schema)
      const isValid = compiled(value)
      validate.errors = compiled.errors
      return isValid
    }
    validate.errors = undefined as ValidateFunction['errors']
    return validate
  })
  app.setSchemaErrorFormatter((errors, part) => new ValidationFailed(toFaults(errors, part)))
  done()
}, { name: 'validation', fastify: '5.x' })

const PARTS: Readonly<Record<string, string>> = { querystring: 'query' }

/** One fault for each thing that is wrong, said in words. */
export function toFaults (errors: readonly FastifySchemaValidationError[], part: string): Fault[] {
  const root = PARTS[part] ?? part
  // Fastify types a part of ajv's own error object, which is what it passes on.
  return withoutBranches(errors as ErrorObject[]).slice(0, MOST_FAULTS).map((error) => {
    const path = root + error.instancePath.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
    const { keyword, params, message = 'is not valid' } = error as { keyword: string, params: Record<string, unknown>, message?: string }
    switch (keyword) {
      case 'required': return { path: `${path}.${String(params.missingProperty)}`, reason: 'is required' }
      case 'additionalProperties': return { path: `${path}.${String(params.additionalProperty)}`, reason: 'is not known here' }
      case 'enum': return { path, reason: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` }
      case 'anyOf': return { path, reason: alternatives(error.schema) ?? message }
      default: return { path, reason: message }
    }
  })
}

/** What failed inside each branch of a union is no fault of its own: the union's is. */
function withoutBranches (errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf').map(({ schemaPath }) => `${schemaPath}/`)
  return errors.filter(({ schemaPath }) => !unions.some((union) => schemaPath.startsWith(union)))
}

/** A union of constants, as TypeBox writes a union of literals. */
function alternatives (branches: unknown): string | undefined {
  if (!Array.isArray(branches)) return undefined
  const constants = branches.map((branch: { const?: unknown }) => branch.const)
  return constants.includes(undefined) ? undefined : `must be one of ${constants.join(', ')}`
}
