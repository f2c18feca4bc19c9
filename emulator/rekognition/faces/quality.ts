import type { RekognitionContext } from '../context.ts'
import type { Face } from './face.ts'
import type { FaceDetail } from './face-engine.ts'
import type { Limits, QualityFilter } from '../limits.ts'
import type { Image } from '../shapes.ts'

/** AWS's reasons why a face is not indexed. */
export type LowQuality = 'EXTREME_POSE' | 'LOW_BRIGHTNESS' | 'LOW_SHARPNESS' | 'LOW_CONFIDENCE' | 'SMALL_BOUNDING_BOX'

/** Why a face does not pass a quality filter; empty if it passes. */
export function faultsOf ({ BoundingBox, Confidence, Pose, Quality }: FaceDetail, filter: QualityFilter, { qualityBars, faceBars }: Limits): LowQuality[] {
  if (filter === 'NONE') return []
  const faults: Record<LowQuality, boolean> = {
    EXTREME_POSE: Math.max(Math.abs(Pose.Yaw), Math.abs(Pose.Pitch)) > faceBars.pose,
    LOW_BRIGHTNESS: Quality.Brightness < qualityBars[filter],
    LOW_SHARPNESS: Quality.Sharpness < qualityBars[filter],
    LOW_CONFIDENCE: Confidence < faceBars.confidence,
    SMALL_BOUNDING_BOX: BoundingBox.Width * BoundingBox.Height < faceBars.area,
  }
  const names = Object.keys(faults) as LowQuality[] // the keys of a record are its type's
  return names.filter((name) => faults[name])
}

/**
 * The faces of an image that pass a quality filter, largest first.
 * @throws the error of the image, or the arranged one
 */
export async function facesOfQuality (image: Image, filter: QualityFilter, { analyser, account, limits }: RekognitionContext): Promise<Face[]> {
  const faces = await analyser.facesIn(image, account)
  return faces.filter(({ detail }) => faultsOf(detail, filter, limits).length === 0)
}
