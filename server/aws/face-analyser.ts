import { CompareFacesCommand, DetectFacesCommand, type ComparedFace, type FaceDetail, type Image, type RekognitionClient } from '@aws-sdk/client-rekognition'
import { apiError, awsOutage, OUTAGES } from '../core/errors.ts'
import type { ObjectLocation } from './object-store.ts'

export const InvalidImage = apiError('INVALID_IMAGE', '%s is not a readable image: it must be JPEG or PNG', 400)
export const NoFaceToAnalyse = apiError('NO_FACE_TO_ANALYSE', '%s has no face that can be analysed, or a side of less than 80 pixels', 400)
export const ImageTooLarge = apiError('IMAGE_TOO_LARGE', '%s is larger than 15 MB or has too many pixels', 413)
export const ImageNotFound = apiError('IMAGE_NOT_FOUND', 'Object %s does not exist', 404)
export const ArrangementInvalid = apiError('FACE_ARRANGEMENT_INVALID', '%s', 400)
export const FaceAnalysisUnavailable = apiError('FACE_ANALYSIS_UNAVAILABLE', 'Face analysis is not available', 503, { 'retry-after': '5' })

/** A box or a point, as fractions of the image's width and height. */
export interface Box { left: number, top: number, width: number, height: number }
export interface Landmark { type: string, x: number, y: number }

/** A yes or no, with its confidence (0-100). */
export interface Judgement<T> { value: T, confidence: number }

/** The result of both ways of analysing a face. */
export interface Face {
  box: Box
  /** Confidence that it is a face (0-100). */
  confidence: number
  landmarks: Landmark[]
  /** 0-100. */
  brightness: number
  /** 0-100. */
  sharpness: number
}

/** A face with all its attributes; attributes that the service does not return are absent. */
export interface DetectedFace extends Face {
  ageRange?: { low: number, high: number }
  gender?: Judgement<string>
  /** In capitals, as Rekognition names them: HAPPY, SAD ... */
  emotions: { type: string, confidence: number }[]
  smile?: Judgement<boolean>
  eyeglasses?: Judgement<boolean>
  sunglasses?: Judgement<boolean>
  beard?: Judgement<boolean>
  mustache?: Judgement<boolean>
  eyesOpen?: Judgement<boolean>
  mouthOpen?: Judgement<boolean>
  occluded?: Judgement<boolean>
}

/** Analyses faces in images of the object store. */
export interface FaceAnalyser {
  /**
   * All faces of an image with all attributes, the largest first; none is not an error.
   * @throws 400 not an image, 404 no such object, 413 too large, 503 not available
   */
  detect (image: ObjectLocation): Promise<DetectedFace[]>
  /**
   * The face of `candidate` that is most similar to the largest of `reference`, if its similarity reaches `threshold`.
   * @param threshold  similarity, 0 to 100
   * @throws like {@link detect}, and 400 if an image has no face
   */
  compare (reference: ObjectLocation, candidate: ObjectLocation, threshold: number): Promise<{ similarity: number, face: Face } | undefined>
}

/** Rekognition's error names, and what they mean for the images in the call. */
const REFUSALS = {
  InvalidImageFormatException: InvalidImage,
  InvalidParameterException: NoFaceToAnalyse,
  ImageTooLargeException: ImageTooLarge,
  InvalidS3ObjectException: ImageNotFound,
}

/** The prefix of the emulator's InvalidParameterException for invalid arranged faces; AWS's message does not mention metadata. */
const ARRANGEMENT_FAULT = 'The metadata x-amz-meta-sandtable-faces of '

/** Face analysis by Amazon Rekognition. */
export function createFaceAnalyser (rekognition: RekognitionClient): FaceAnalyser {
  async function on<T> (images: ObjectLocation[], call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      const name = error instanceof Error ? error.name : ''
      const Refusal = Object.hasOwn(REFUSALS, name) ? REFUSALS[name as keyof typeof REFUSALS] : undefined
      // Rekognition does not say which of two images it means.
      const which = images.map(({ bucket, key }) => `s3://${bucket}/${key}`).join(' or ')
      if (error instanceof Error && error.message.startsWith(ARRANGEMENT_FAULT)) throw new ArrangementInvalid(error.message)
      if (Refusal) throw new Refusal(which)
      const outage = awsOutage(error)
      if (outage === 'denied' || outage === 'failed') throw new OUTAGES[outage]('Face analysis', { cause: error })
      throw new FaceAnalysisUnavailable({ cause: error })
    }
  }

  return {
    detect: (image) => on([image], async () => {
      const { FaceDetails = [] } = await rekognition.send(new DetectFacesCommand({ Image: at(image), Attributes: ['ALL'] }))
      return FaceDetails.map(toDetected)
    }),
    compare: (reference, candidate, threshold) => on([reference, candidate], async () => {
      const { FaceMatches = [] } = await rekognition.send(new CompareFacesCommand({
        SourceImage: at(reference), TargetImage: at(candidate), SimilarityThreshold: threshold,
      }))
      const best = FaceMatches.toSorted((a, b) => (b.Similarity ?? 0) - (a.Similarity ?? 0))[0]
      return best?.Face && { similarity: best.Similarity ?? 0, face: toFace(best.Face) }
    }),
  }
}

const at = ({ bucket, key }: ObjectLocation): Image => ({ S3Object: { Bucket: bucket, Name: key } })

function toFace ({ BoundingBox: box, Confidence, Landmarks = [], Quality }: ComparedFace): Face {
  return {
    box: { left: box?.Left ?? 0, top: box?.Top ?? 0, width: box?.Width ?? 0, height: box?.Height ?? 0 },
    confidence: Confidence ?? 0,
    landmarks: Landmarks.map(({ Type, X, Y }) => ({ type: Type ?? '', x: X ?? 0, y: Y ?? 0 })),
    brightness: Quality?.Brightness ?? 0,
    sharpness: Quality?.Sharpness ?? 0,
  }
}

function toDetected (face: FaceDetail): DetectedFace {
  return {
    ...toFace(face),
    ageRange: face.AgeRange && { low: face.AgeRange.Low ?? 0, high: face.AgeRange.High ?? 0 },
    gender: judgement(face.Gender),
    emotions: (face.Emotions ?? []).map(({ Type, Confidence }) => ({ type: Type ?? '', confidence: Confidence ?? 0 })),
    smile: judgement(face.Smile),
    eyeglasses: judgement(face.Eyeglasses),
    sunglasses: judgement(face.Sunglasses),
    beard: judgement(face.Beard),
    mustache: judgement(face.Mustache),
    eyesOpen: judgement(face.EyesOpen),
    mouthOpen: judgement(face.MouthOpen),
    occluded: judgement(face.FaceOccluded),
  }
}

function judgement<T> (told: { Value?: T, Confidence?: number } | undefined): Judgement<T> | undefined {
  return told?.Value === undefined ? undefined : { value: told.Value, confidence: told.Confidence ?? 0 }
}
