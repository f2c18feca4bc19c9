import { DEFAULT_LANDMARKS, type FaceDetail } from './face-engine.ts'
import type { Match } from '../collections/search.ts'
import type { Attribute } from '../shapes.ts'
import type { StoredFace } from '../collections/store.ts'

/** The version of the face model, and so of every collection: the one that AWS gives new collections. */
export const FACE_MODEL_VERSION = '7.0'

/** The members that one attribute adds to the default ones. */
const MEMBERS: Readonly<Record<Exclude<Attribute, 'DEFAULT' | 'ALL'>, keyof FaceDetail>> = {
  AGE_RANGE: 'AgeRange',
  BEARD: 'Beard',
  EMOTIONS: 'Emotions',
  EYE_DIRECTION: 'EyeDirection',
  EYEGLASSES: 'Eyeglasses',
  EYES_OPEN: 'EyesOpen',
  FACE_OCCLUDED: 'FaceOccluded',
  GENDER: 'Gender',
  MOUTH_OPEN: 'MouthOpen',
  MUSTACHE: 'Mustache',
  SMILE: 'Smile',
  SUNGLASSES: 'Sunglasses',
}

/** A face as DetectFaces and IndexFaces return it: the default members, the requested ones, or all. */
export function faceDetail (detail: FaceDetail, attributes: readonly Attribute[]): Partial<FaceDetail> {
  if (attributes.includes('ALL')) return detail
  const asked = attributes.flatMap((attribute) => attribute === 'ALL' || attribute === 'DEFAULT' ? [] : MEMBERS[attribute])
  return { ...comparedFace(detail), ...Object.fromEntries(asked.map((member) => [member, detail[member]])) }
}

/** A face as CompareFaces returns it, which is also the default of the others. */
export function comparedFace ({ BoundingBox, Confidence, Landmarks, Pose, Quality }: FaceDetail): Partial<FaceDetail> {
  return { BoundingBox, Confidence, Landmarks: Landmarks.filter(({ Type }) => DEFAULT_LANDMARKS.includes(Type)), Pose, Quality }
}

/** A face of a collection, in every answer that has one. */
export function storedFace ({ faceId, boundingBox, imageId, externalImageId, confidence }: StoredFace): object {
  return {
    FaceId: faceId,
    BoundingBox: boundingBox,
    ImageId: imageId,
    ExternalImageId: externalImageId,
    Confidence: confidence,
    IndexFacesModelVersion: FACE_MODEL_VERSION,
  }
}

export const faceMatches = (matches: readonly Match[]): object[] =>
  matches.map(({ face, similarity }) => ({ Similarity: similarity, Face: storedFace(face) }))

/** An answer with every number as Rekognition returns it: rounded to 32 bits, and written with all digits of that. */
export function inFloats (answer: object): object {
  return Object.fromEntries(Object.entries(answer).map(([name, member]: [string, unknown]) => [name, inFloat(member)]))
}

function inFloat (member: unknown): unknown {
  if (typeof member === 'number') return Math.fround(member)
  if (Array.isArray(member)) return member.map(inFloat)
  return typeof member === 'object' && member !== null ? inFloats(member) : member
}
