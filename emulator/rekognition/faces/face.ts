import { moveLandmarks, placeLandmarks } from './landmarks.ts'
import type { ArrangedFace } from '../arranged/arrangement.ts'
import { EMOTION_TYPES, type BoundingBox, type DetectedFace, type FaceDetail, type FaceEngine, type FaceVector, type Judgement } from './face-engine.ts'

/** A face as the operations use it: the engine's values, overridden by arranged ones. */
export interface Face {
  readonly detail: FaceDetail
  readonly identity: Identity
}

/** The identity of a face: a person by name, or the person that the engine saw as the n-th face of a picture. */
export type Identity =
  | { readonly person: string, readonly similarity: Readonly<Record<string, number>> }
  | { readonly vector: FaceVector | undefined, readonly ordinal: number }

/** The similarity of two faces of one name, and of two different names, unless the arrangement sets it. */
const SAME_PERSON = 99.9
const STRANGERS = 1

/** The similarity of two faces, 0 to 100. */
export function similarityOf (engine: FaceEngine, one: Identity, other: Identity): number {
  return similarityBy((a, b) => engine.similarity(a, b), one, other)
}

/** An upper bound of {@link similarityOf}, for less work, if the engine has one. */
export function similarityAtMost (engine: FaceEngine, one: Identity, other: Identity): number {
  return similarityBy((a, b) => engine.atMost?.(a, b) ?? 100, one, other)
}

function similarityBy (compare: FaceEngine['similarity'], one: Identity, other: Identity): number {
  if ('person' in one && 'person' in other) {
    return one.similarity[other.person] ?? other.similarity[one.person] ?? (one.person === other.person ? SAME_PERSON : STRANGERS)
  }
  if ('person' in one || 'person' in other || one.ordinal !== other.ordinal || !one.vector || !other.vector) return STRANGERS
  return compare(one.vector, other.vector)
}

/** The faces that the engine saw, unchanged. */
export function seenFaces (seen: readonly DetectedFace[]): Face[] {
  return seen.map(({ detail, vector }, ordinal) => ({ detail, identity: { vector, ordinal } }))
}

/** The arranged faces; members that they leave out come from the engine's first face. */
export function arrangedFaces (arranged: readonly ArrangedFace[], seen: readonly DetectedFace[]): Face[] {
  const model = seen[0]
  return arranged.map((face, ordinal) => ({
    detail: arrangeDetail(face, model?.detail ?? PLAIN_FACE, { ordinal, of: arranged.length }),
    identity: face.person === undefined
      ? { vector: model?.vector, ordinal }
      : { person: face.person, similarity: face.similarity ?? {} },
  }))
}

function arrangeDetail (face: ArrangedFace, model: FaceDetail, place: { ordinal: number, of: number }): FaceDetail {
  const box = face.boundingBox
    ? { Left: face.boundingBox.left, Top: face.boundingBox.top, Width: face.boundingBox.width, Height: face.boundingBox.height }
    : sideBySide(model.BoundingBox, place)
  return {
    BoundingBox: box,
    Confidence: face.confidence ?? model.Confidence,
    Landmarks: moveLandmarks(model.Landmarks, model.BoundingBox, box),
    Pose: {
      Roll: face.pose?.roll ?? model.Pose.Roll,
      Yaw: face.pose?.yaw ?? model.Pose.Yaw,
      Pitch: face.pose?.pitch ?? model.Pose.Pitch,
    },
    Quality: {
      Brightness: face.quality?.brightness ?? model.Quality.Brightness,
      Sharpness: face.quality?.sharpness ?? model.Quality.Sharpness,
    },
    AgeRange: face.age ? { Low: face.age.low, High: face.age.high } : model.AgeRange,
    Gender: face.gender ? { Value: face.gender, Confidence: CERTAIN } : model.Gender,
    Emotions: face.emotions ? arrangeEmotions(face.emotions) : model.Emotions,
    EyeDirection: model.EyeDirection,
    Smile: judged(face.smile) ?? model.Smile,
    Eyeglasses: judged(face.eyeglasses) ?? model.Eyeglasses,
    Sunglasses: judged(face.sunglasses) ?? model.Sunglasses,
    Beard: judged(face.beard) ?? model.Beard,
    Mustache: judged(face.mustache) ?? model.Mustache,
    EyesOpen: judged(face.eyesOpen) ?? model.EyesOpen,
    MouthOpen: judged(face.mouthOpen) ?? model.MouthOpen,
    FaceOccluded: judged(face.occluded) ?? model.FaceOccluded,
  }
}

/** Several faces share the picture's width, each in a box with the model's proportions. */
function sideBySide (box: BoundingBox, { ordinal, of }: { ordinal: number, of: number }): BoundingBox {
  if (of === 1) return box
  const scale = Math.min(1, 0.8 / of / box.Width)
  const width = box.Width * scale
  return { Width: width, Height: box.Height * scale, Left: (ordinal + 0.5) / of - width / 2, Top: box.Top }
}

function arrangeEmotions (emotions: NonNullable<ArrangedFace['emotions']>): FaceDetail['Emotions'] {
  const given: Readonly<Record<string, number | undefined>> = emotions
  return EMOTION_TYPES.map((Type) => ({ Type, Confidence: given[Type.toLowerCase()] ?? 0 })).sort((a, b) => b.Confidence - a.Confidence)
}

/** The confidence of a value that was arranged as true or false. */
const CERTAIN = 99.9

const judged = (value: boolean | undefined): Judgement | undefined => value === undefined ? undefined : { Value: value, Confidence: CERTAIN }

const unlikely: Judgement = { Value: false, Confidence: CERTAIN }
const plainBox: BoundingBox = { Left: 0.3, Top: 0.2, Width: 0.4, Height: 0.5 }

/** The defaults of an arranged face in a picture where the engine sees none. */
const PLAIN_FACE: FaceDetail = {
  BoundingBox: plainBox,
  Confidence: CERTAIN,
  Landmarks: placeLandmarks(plainBox),
  Pose: { Roll: 0, Yaw: 0, Pitch: 0 },
  Quality: { Brightness: 80, Sharpness: 80 },
  AgeRange: { Low: 25, High: 35 },
  Gender: { Value: 'Female', Confidence: CERTAIN },
  Emotions: arrangeEmotions({ calm: 100 }),
  EyeDirection: { Yaw: 0, Pitch: 0, Confidence: CERTAIN },
  Smile: unlikely,
  Eyeglasses: unlikely,
  Sunglasses: unlikely,
  Beard: unlikely,
  Mustache: unlikely,
  EyesOpen: { Value: true, Confidence: CERTAIN },
  MouthOpen: unlikely,
  FaceOccluded: unlikely,
}
