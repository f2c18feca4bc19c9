import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** The part of a schema that is needed to find a member. */
interface Inner { description?: string, properties?: Record<string, Inner>, items?: Inner }

/**
 * Describes the errors of a value; empty if it is valid. Each error is reported once, with the path of its member.
 * A schema's `description`, such as `a whole number`, is used as the accepted value.
 * @param root  the name of the value itself
 */
export function schemaFaults (schema: TSchema, value: unknown, root = 'it'): string[] {
  if (Value.Check(schema, value)) return []
  const faults = Value.Errors(schema, value)
    // An unknown member is reported by its structure.
    .filter(({ keyword }) => keyword !== 'boolean')
    .map((fault) => {
      const steps = fault.instancePath.split('/').slice(1)
      const path = steps.length === 0 ? root : `"${steps.join('.')}"`
      if (fault.keyword === 'additionalProperties') return `${path} has no member ${fault.params.additionalProperties.join(', ')}`
      if (fault.keyword === 'required') return `${path} needs ${fault.params.requiredProperties.join(', ')}`
      const takes = steps.length === 0 ? undefined : describedAt(schema, steps)
      if (takes !== undefined) return `${path} takes ${takes}, not ${JSON.stringify(at(value, steps))}`
      if (fault.keyword === 'enum') return `${path} must be one of ${fault.params.allowedValues.join(', ')}`
      return `${path} ${fault.message}`
    })
  return [...new Set(faults)]
}

function describedAt (schema: Inner | undefined, steps: readonly string[]): string | undefined {
  let inner = schema
  for (const step of steps) inner = inner?.properties?.[step] ?? inner?.items
  return inner?.description
}

function at (value: unknown, steps: readonly string[]): unknown {
  let inner = value
  for (const step of steps) inner = (inner as Record<string, unknown>)[step] // the path of a fault in it
  return inner
}
