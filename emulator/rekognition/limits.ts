/** The bounds of Rekognition, with AWS's values unless GAPS.md says otherwise. */
export interface Limits {
  /** Of an object in S3, in bytes. Bytes in the request have their bound in the shape, as in AWS's model. */
  maxObjectBytes: number
  /** Of a request's body; AWS's is unknown, and must let an image through that is too long by its shape. */
  maxBodyBytes: number
  /** Of either side of a picture. */
  minPictureSide: number
  /** Width times height; AWS's is unknown. */
  maxPicturePixels: number
  maxFacesPerPicture: number
  /** The lower of brightness and sharpness that a face needs to pass each quality filter; AWS's are unknown. */
  qualityBars: Readonly<Record<QualityFilter, number>>
  /** What else a face needs to pass any quality filter but `NONE`; AWS's are unknown, but for the size. */
  faceBars: {
    /** That it is a face, in percent. */
    readonly confidence: number
    /** Yaw and pitch at most, in degrees either way. */
    readonly pose: number
    /** Of the bounding box, as a ratio of the picture's area. */
    readonly area: number
  }
  maxFacesPerCollection: number
  /** Matches of a search that names no number; AWS's is unknown. */
  defaultMatches: number
  /** Entries on a page of a list that names no number; AWS's is unknown. */
  defaultPageSize: number
}

export const QUALITY_FILTERS = ['NONE', 'AUTO', 'LOW', 'MEDIUM', 'HIGH'] as const
export type QualityFilter = typeof QUALITY_FILTERS[number]

export const AWS_LIMITS: Limits = {
  maxObjectBytes: 15 * 1024 * 1024,
  maxBodyBytes: 32 * 1024 * 1024,
  minPictureSide: 80,
  maxPicturePixels: 64 * 1024 * 1024,
  maxFacesPerPicture: 100,
  qualityBars: { NONE: 0, AUTO: 20, LOW: 20, MEDIUM: 40, HIGH: 70 },
  faceBars: { confidence: 50, pose: 60, area: 40 * 40 / (1920 * 1080) },
  maxFacesPerCollection: 10_000_000,
  defaultMatches: 4096,
  defaultPageSize: 1000,
}
