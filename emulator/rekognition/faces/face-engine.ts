/**
 * Detects the faces in a picture. This interface is all that the service uses, so that the deterministic
 * {@link file://./stub-engine/index.ts} can be replaced by a real detector and recognizer.
 */
export interface FaceEngine {
  /**
   * The faces of a picture (JPEG or PNG, as stored), largest first; none is an empty list.
   * @throws {@link UnusablePicture}
   */
  detect (picture: Buffer): Promise<readonly DetectedFace[]>
  /** The similarity of two faces as a person's, 0 to 100; symmetric. */
  similarity (one: FaceVector, other: FaceVector): number
  /**
   * An upper bound of {@link similarity} that takes far less work: a search computes it first, and
   * compares only faces that can reach its threshold. An engine with a fast comparison does not need it.
   */
  atMost? (one: FaceVector, other: FaceVector): number
}

/** The data by which the engine compares people; only the engine interprets it. */
export type FaceVector = ArrayLike<number>

export interface DetectedFace {
  readonly detail: FaceDetail
  readonly vector: FaceVector
}

/** Why a picture cannot be analysed: it is not a valid JPEG or PNG, or has more or fewer pixels than Rekognition accepts. */
export type PictureFault = 'format' | 'too-large' | 'too-small'

export class UnusablePicture extends Error {
  readonly fault: PictureFault

  constructor (fault: PictureFault, cause?: unknown) {
    super(`The picture cannot be used: ${fault}`, { cause })
    this.fault = fault
  }
}

/** Everything about a face, under AWS's own names; the operations return a selection of it. Percentages are 0 to 100. */
export interface FaceDetail {
  /** Ratios of the picture's width and height. */
  readonly BoundingBox: BoundingBox
  /** Confidence that it is a face. */
  readonly Confidence: number
  /** Positions as ratios of the picture's width and height; the five of {@link DEFAULT_LANDMARKS} among them. */
  readonly Landmarks: readonly Landmark[]
  /** Degrees. */
  readonly Pose: { readonly Roll: number, readonly Yaw: number, readonly Pitch: number }
  readonly Quality: { readonly Brightness: number, readonly Sharpness: number }
  /** Whole years. */
  readonly AgeRange: { readonly Low: number, readonly High: number }
  readonly Gender: { readonly Value: 'Male' | 'Female', readonly Confidence: number }
  /** Of all types, the strongest first. */
  readonly Emotions: ReadonlyArray<{ readonly Type: EmotionType, readonly Confidence: number }>
  /** Degrees. */
  readonly EyeDirection: { readonly Yaw: number, readonly Pitch: number, readonly Confidence: number }
  readonly Smile: Judgement
  readonly Eyeglasses: Judgement
  readonly Sunglasses: Judgement
  readonly Beard: Judgement
  readonly Mustache: Judgement
  readonly EyesOpen: Judgement
  readonly MouthOpen: Judgement
  readonly FaceOccluded: Judgement
}

export interface BoundingBox { readonly Width: number, readonly Height: number, readonly Left: number, readonly Top: number }

export interface Landmark { readonly Type: string, readonly X: number, readonly Y: number }

export interface Judgement { readonly Value: boolean, readonly Confidence: number }

export const EMOTION_TYPES = ['HAPPY', 'SAD', 'ANGRY', 'CONFUSED', 'DISGUSTED', 'SURPRISED', 'CALM', 'FEAR'] as const
export type EmotionType = typeof EMOTION_TYPES[number]

/** The landmarks of an answer to a request that asks for no others. */
export const DEFAULT_LANDMARKS: readonly string[] = ['eyeLeft', 'eyeRight', 'mouthLeft', 'mouthRight', 'nose']
