import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { arrangeable, type ArrangeableError } from './errors.ts'

/** Strict, so that a misspelt member is an answer that says so and not a picture that is unlike what was meant. */
const strict = { additionalProperties: false }
const Percent = Type.Number({ minimum: 0, maximum: 100 })
const Ratio = Type.Number({ minimum: -1, maximum: 2 })
const Size = Type.Number({ exclusiveMinimum: 0, maximum: 2 })
const Degrees = Type.Number({ minimum: -180, maximum: 180 })
const Years = Type.Integer({ minimum: 0, maximum: 150 })
const Person = Type.String({ minLength: 1, maxLength: 128 })

const ArrangedFaceSchema = Type.Partial(Type.Object({
  /** Two faces of one name are one person; of two names, two. Without a name it is whoever the engine sees there. */
  person: Person,
  /** How alike the face is to people by name, where the name alone would not tell. */
  similarity: Type.Record(Type.String(), Percent),
  confidence: Percent,
  boundingBox: Type.Object({ left: Ratio, top: Ratio, width: Size, height: Size }, strict),
  pose: Type.Partial(Type.Object({ roll: Degrees, yaw: Degrees, pitch: Degrees }), strict),
  quality: Type.Partial(Type.Object({ brightness: Percent, sharpness: Percent }), strict),
  age: Type.Object({ low: Years, high: Years }, strict),
  gender: Type.Enum(['Male', 'Female']),
  /** Those that are not named are 0. */
  emotions: Type.Partial(Type.Object({
    happy: Percent,
    sad: Percent,
    angry: Percent,
    confused: Percent,
    disgusted: Percent,
    surprised: Percent,
    calm: Percent,
    fear: Percent,
  }), strict),
  occluded: Type.Boolean(),
  smile: Type.Boolean(),
  eyeglasses: Type.Boolean(),
  sunglasses: Type.Boolean(),
  beard: Type.Boolean(),
  mustache: Type.Boolean(),
  eyesOpen: Type.Boolean(),
  mouthOpen: Type.Boolean(),
}), strict)

const names = Object.keys(arrangeable) as ArrangeableError[] // the keys of a literal are its type's

const ArrangementSchema = Type.Partial(Type.Object({
  /** The faces of the picture, instead of those that the engine sees; what a face does not tell is the engine's. */
  faces: Type.Array(ArrangedFaceSchema, { maxItems: 100 }),
  /** Every call with the picture is answered with this error. */
  error: Type.Enum(names),
}), strict)

export type ArrangedFace = Static<typeof ArrangedFaceSchema>

/** What Rekognition is to see in a picture, as JSON, said by whoever tests with it. */
export type Arrangement = Static<typeof ArrangementSchema>

/** Says what is wrong with an arrangement, in one line. */
export class BadArrangement extends Error {}

/** @throws {@link BadArrangement} */
export function parseArrangement (text: string): Arrangement {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BadArrangement(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!Value.Check(ArrangementSchema, value)) throw new BadArrangement(faultsOf(value).join('; '))
  const turned = value.faces?.findIndex(({ age }) => age && age.low > age.high) ?? -1
  if (turned >= 0) throw new BadArrangement(`faces.${turned}.age: low must not be above high`)
  if (!value.faces && !value.error) throw new BadArrangement(`it names neither "faces" nor "error", for instance ${EXAMPLE}`)
  return value
}

const EXAMPLE = '{"faces":[{"person":"anna"}]}'

/** Each fault once: an unknown member is told by the structure that has it. */
function faultsOf (value: unknown): string[] {
  return Value.Errors(ArrangementSchema, value)
    .filter(({ keyword }) => keyword !== 'boolean')
    .map((fault) => {
      const path = fault.instancePath.slice(1).replaceAll('/', '.') || 'it'
      if (fault.keyword === 'additionalProperties') return `${path} has no member ${fault.params.additionalProperties.join(', ')}`
      if (fault.keyword === 'enum') return `${path} must be one of ${fault.params.allowedValues.join(', ')}`
      return `${path} ${fault.message}`
    })
}
