import { Type, type Static } from 'typebox'
import { schemaFaults } from '../../core/schema-faults.ts'
import { BadArrangement } from './bad-arrangement.ts'
import { arrangeable, type ArrangeableError } from '../errors.ts'

/** Strict, so that a misspelt member is an error and not a picture with unexpected faces. */
const strict = { additionalProperties: false }
const Percent = Type.Number({ minimum: 0, maximum: 100 })
const Ratio = Type.Number({ minimum: -1, maximum: 2 })
const Size = Type.Number({ exclusiveMinimum: 0, maximum: 2 })
const Degrees = Type.Number({ minimum: -180, maximum: 180 })
const Years = Type.Integer({ minimum: 0, maximum: 150 })
const Person = Type.String({ minLength: 1, maxLength: 128 })

const ArrangedFaceSchema = Type.Partial(Type.Object({
  /** Faces with the same name are the same person. A face without a name is the person that the engine sees. */
  person: Person,
  /** The similarity of the face to people by name, where the names alone do not decide. */
  similarity: Type.Record(Type.String(), Percent),
  confidence: Percent,
  boundingBox: Type.Object({ left: Ratio, top: Ratio, width: Size, height: Size }, strict),
  pose: Type.Partial(Type.Object({ roll: Degrees, yaw: Degrees, pitch: Degrees }), strict),
  quality: Type.Partial(Type.Object({ brightness: Percent, sharpness: Percent }), strict),
  age: Type.Object({ low: Years, high: Years }, strict),
  gender: Type.Enum(['Male', 'Female']),
  /** Types that are not named are 0. */
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

const arrangement = {
  /** The faces of the picture, instead of the engine's; members that a face leaves out come from the engine. */
  faces: Type.Array(ArrangedFaceSchema, { maxItems: 100 }),
  /** Every call with the picture is answered with this error. */
  error: Type.Enum(names),
}

const ArrangementSchema = Type.Partial(Type.Object(arrangement), strict)

/** An arrangement, and the pictures that it is for. */
export const AnswerSchema = Type.Partial(Type.Object({
  ...arrangement,
  /** The SHA-256 of the picture's bytes, in hexadecimal; or bucket and key. */
  sha256: Type.String({ pattern: '^[0-9a-fA-F]{64}$' }),
  /** The picture in S3; in both, `*` stands for any characters. */
  bucket: Type.String({ minLength: 1, maxLength: 255 }),
  key: Type.String({ minLength: 1, maxLength: 1024 }),
  /** Only for the calls of this account. */
  account: Type.String({ pattern: '^\\d{12}$', description: 'twelve digits' }),
}), strict)

export type ArrangedFace = Static<typeof ArrangedFaceSchema>

/** The faces that Rekognition returns for a picture, as a test arranges them. */
export type Arrangement = Static<typeof ArrangementSchema>

/** An arrangement, and the pictures that it is for. */
export type ArrangedAnswer = Static<typeof AnswerSchema>

/**
 * Reads an arrangement from JSON.
 * @throws BadArrangement
 */
export function parseArrangement (text: string): Arrangement {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BadArrangement(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  return check(ArrangementSchema, value, '{"faces":[{"person":"anna"}]}')
}

/**
 * Returns a copy of an answer, with its hash in lower case.
 * @throws BadArrangement
 */
export function checkAnswer (value: unknown): ArrangedAnswer {
  const answer = check(AnswerSchema, value, '{"bucket":"photos","key":"anna/*","faces":[{"person":"anna"}]}')
  const { sha256, bucket, key } = answer
  if ((sha256 === undefined) === (bucket === undefined && key === undefined)) throw new BadArrangement('it must name either "sha256" or "bucket" and "key"')
  if ((bucket === undefined) !== (key === undefined)) throw new BadArrangement('"bucket" and "key" must be given together')
  return structuredClone(sha256 === undefined ? answer : { ...answer, sha256: sha256.toLowerCase() })
}

/** @param example  a valid one, for the message if it has neither faces nor an error */
function check<S extends typeof ArrangementSchema | typeof AnswerSchema> (schema: S, given: unknown, example: string): Static<S> {
  const faults = schemaFaults(schema, given)
  if (faults.length > 0) throw new BadArrangement(faults.join('; '))
  const value = given as Static<S> // it has no faults
  const { faces, error }: Arrangement = value
  const turned = faces?.findIndex(({ age }) => age && age.low > age.high) ?? -1
  if (turned >= 0) throw new BadArrangement(`faces.${turned}.age: low must not be above high`)
  if (!faces && !error) throw new BadArrangement(`it needs "faces" or "error", for example ${example}`)
  return value
}
