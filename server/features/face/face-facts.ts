import type { DetectedFace } from '../../aws/face-analyser.ts'
import type { FaceRecord, Quality } from './schemas.ts'

const HIGH_FROM = 70
const MEDIUM_FROM = 40

/** Digits of a coordinate within a face. */
const VECTOR_PRECISION = 1e4

/** Picture quality as the seed grades it: by the lower of brightness and sharpness. */
export function qualityOf ({ brightness, sharpness }: Pick<DetectedFace, 'brightness' | 'sharpness'>): Quality {
  const lower = Math.min(brightness, sharpness)
  if (lower >= HIGH_FROM) return 'HIGH'
  return lower >= MEDIUM_FROM ? 'MEDIUM' : 'LOW'
}

/** The landmarks within the face's bounding box: x0, y0, x1, y1, ... Rekognition returns no embedding. */
export function faceVectorOf ({ box, landmarks }: Pick<DetectedFace, 'box' | 'landmarks'>): number[] {
  const round = (value: number) => Math.round(value * VECTOR_PRECISION) / VECTOR_PRECISION
  if (box.width === 0 || box.height === 0) return []
  return landmarks.flatMap(({ x, y }) => [round((x - box.left) / box.width), round((y - box.top) / box.height)])
}

/** Age, gender, emotions and the rest, in the record's form. */
export function attributesOf (face: DetectedFace): FaceRecord['attributes'] {
  const { ageRange } = face
  return {
    age: ageRange && (ageRange.low + ageRange.high) / 2,
    gender: face.gender?.value,
    // Rekognition's names are the schema's, in capitals.
    emotions: Object.fromEntries(face.emotions.map(({ type, confidence }) => [type.toLowerCase(), confidence / 100])),
    smile: face.smile?.value,
    eyeglasses: face.eyeglasses?.value,
    sunglasses: face.sunglasses?.value,
    beard: face.beard?.value,
    mustache: face.mustache?.value,
    eyesOpen: face.eyesOpen?.value,
    mouthOpen: face.mouthOpen?.value,
    occluded: face.occluded?.value,
  }
}
