import type { BoundingBox, Landmark } from './face-engine.ts'

/** The positions of the landmarks of a standard face, as ratios of its box. "left" is the left of the picture. */
const EVEN_FACE: Readonly<Record<string, readonly [x: number, y: number]>> = {
  eyeLeft: [0.31, 0.40],
  eyeRight: [0.69, 0.40],
  mouthLeft: [0.35, 0.74],
  mouthRight: [0.65, 0.74],
  nose: [0.50, 0.58],
  leftEyeBrowLeft: [0.18, 0.32],
  leftEyeBrowRight: [0.40, 0.31],
  leftEyeBrowUp: [0.29, 0.28],
  rightEyeBrowLeft: [0.60, 0.31],
  rightEyeBrowRight: [0.82, 0.32],
  rightEyeBrowUp: [0.71, 0.28],
  leftEyeLeft: [0.24, 0.40],
  leftEyeRight: [0.38, 0.41],
  leftEyeUp: [0.31, 0.38],
  leftEyeDown: [0.31, 0.42],
  rightEyeLeft: [0.62, 0.41],
  rightEyeRight: [0.76, 0.40],
  rightEyeUp: [0.69, 0.38],
  rightEyeDown: [0.69, 0.42],
  noseLeft: [0.43, 0.61],
  noseRight: [0.57, 0.61],
  mouthUp: [0.50, 0.71],
  mouthDown: [0.50, 0.80],
  leftPupil: [0.31, 0.40],
  rightPupil: [0.69, 0.40],
  upperJawlineLeft: [0.05, 0.42],
  midJawlineLeft: [0.12, 0.72],
  chinBottom: [0.50, 0.98],
  midJawlineRight: [0.88, 0.72],
  upperJawlineRight: [0.95, 0.42],
}

/** A landmark's offset from its standard position, as a ratio of the face's box. */
export type Nudge = (type: string, axis: 'x' | 'y') => number

/** The 30 landmarks of a face in a box: those of a standard face, or each moved a little. */
export function placeLandmarks (box: BoundingBox, nudge: Nudge = () => 0): Landmark[] {
  return Object.entries(EVEN_FACE).map(([Type, [x, y]]) => ({
    Type,
    X: box.Left + box.Width * (x + nudge(Type, 'x')),
    Y: box.Top + box.Height * (y + nudge(Type, 'y')),
  }))
}

/** The same landmarks after their box has been moved. */
export function moveLandmarks (landmarks: readonly Landmark[], from: BoundingBox, to: BoundingBox): Landmark[] {
  return landmarks.map(({ Type, X, Y }) => ({
    Type,
    X: to.Left + (X - from.Left) / from.Width * to.Width,
    Y: to.Top + (Y - from.Top) / from.Height * to.Height,
  }))
}
