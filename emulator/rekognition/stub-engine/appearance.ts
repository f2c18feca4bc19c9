import { EMOTION_TYPES, type EmotionType, type FaceDetail, type Judgement } from '../faces/face-engine.ts'
import { placeLandmarks } from '../faces/landmarks.ts'
import type { Traits } from './traits.ts'

/** Few ranges, with boundaries where few faces are, so that a copy of a picture rarely falls into another range. */
const AGE_RANGES: ReadonlyArray<readonly [below: number, low: number, high: number]> = [
  [-1.1, 18, 26],
  [0.1, 24, 34],
  [1.2, 33, 43],
  [Infinity, 42, 54],
]

/** How far a landmark may be from its standard position, so that faces differ. */
const NUDGE = { x: 0.03, y: 0.02 } as const

/** The threshold of a trait for the answer to be true: attributes that are rare in people are rare here. */
const THRESHOLDS = {
  Smile: 0,
  Eyeglasses: 0.8,
  Sunglasses: 2,
  Beard: 1,
  Mustache: 1.3,
  EyesOpen: -1.6,
  MouthOpen: 0.7,
  FaceOccluded: 2,
} as const

/** Everything about the face in a picture except its quality, derived from the picture's traits. */
export function appearanceOf (traits: Traits): Omit<FaceDetail, 'Quality'> {
  const width = traits.between('width', 0.32, 0.5)
  const height = traits.between('height', 0.42, 0.6)
  const box = {
    Width: width,
    Height: height,
    Left: (1 - width) / 2 + traits.between('left', -0.08, 0.08),
    Top: traits.between('top', 0.1, 0.25),
  }
  const judge = (name: keyof typeof THRESHOLDS): Judgement => {
    const above = traits.value(name) - THRESHOLDS[name]
    return { Value: above > 0, Confidence: certainty(above) }
  }
  const gender = traits.value('gender')
  return {
    BoundingBox: box,
    Confidence: traits.between('confidence', 99, 99.999),
    Landmarks: placeLandmarks(box, (type, axis) => traits.between(`${type} ${axis}`, -NUDGE[axis], NUDGE[axis])),
    Pose: { Roll: traits.between('roll', -8, 8), Yaw: traits.between('yaw', -15, 15), Pitch: traits.between('pitch', -10, 10) },
    AgeRange: ageRange(traits.value('age')),
    Gender: { Value: gender > 0 ? 'Male' : 'Female', Confidence: certainty(gender) },
    Emotions: emotions(traits),
    EyeDirection: { Yaw: traits.between('eye yaw', -12, 12), Pitch: traits.between('eye pitch', -8, 8), Confidence: traits.between('eye confidence', 90, 99.9) },
    Smile: judge('Smile'),
    Eyeglasses: judge('Eyeglasses'),
    Sunglasses: judge('Sunglasses'),
    Beard: judge('Beard'),
    Mustache: judge('Mustache'),
    EyesOpen: judge('EyesOpen'),
    MouthOpen: judge('MouthOpen'),
    FaceOccluded: judge('FaceOccluded'),
  }
}

/** 50 on the boundary between two answers, and near 100 far away from it. */
function certainty (distance: number): number {
  return 50 + 50 * Math.abs(distance) / (0.04 + Math.abs(distance))
}

function ageRange (value: number): FaceDetail['AgeRange'] {
  const [, Low, High] = AGE_RANGES.find(([below]) => value < below)!
  return { Low, High }
}

/** Emotions that people show to a camera more often. */
const FREQUENT: Readonly<Partial<Record<EmotionType, number>>> = { HAPPY: 8, CALM: 8 }

/** Their sum is 100, and one usually stands out. */
function emotions (traits: Traits): FaceDetail['Emotions'] {
  const strengths = EMOTION_TYPES.map((type) => {
    const squared = traits.share(type) * traits.share(type)
    return squared * squared * squared * squared * (FREQUENT[type] ?? 1)
  })
  const sum = strengths.reduce((total, strength) => total + strength, 0)
  return EMOTION_TYPES.map((Type, i) => ({ Type, Confidence: 100 * strengths[i]! / sum }))
    .sort((a, b) => b.Confidence - a.Confidence)
}
