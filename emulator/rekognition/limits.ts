/** The limits of Rekognition, with AWS's values unless GAPS.md says otherwise. */
export interface Limits {
  /** Bytes of an object in S3. The limit of bytes in the request is in the shape, as in AWS's model. */
  maxObjectBytes: number
  /** Bytes of a request's body. AWS's limit is unknown; it must admit an image that its shape then refuses as too long. */
  maxBodyBytes: number
  /** Minimum pixels of either side of a picture. */
  minPictureSide: number
  /** Width times height; AWS's is unknown. */
  maxPicturePixels: number
  maxFacesPerPicture: number
  /** The lower of brightness and sharpness that a face needs to pass each quality filter; AWS's are unknown. */
  qualityBars: Readonly<Record<QualityFilter, number>>
  /** Other conditions for a face to pass any quality filter but `NONE`; AWS's are unknown, except for the size. */
  faceBars: {
    /** Confidence that it is a face, in percent. */
    readonly confidence: number
    /** Maximum yaw and pitch, in degrees in both directions. */
    readonly pose: number
    /** Area of the bounding box, as a ratio of the picture's area. */
    readonly area: number
  }
  maxFacesPerCollection: number
  /** Matches of a search without a number; AWS's default is unknown. */
  defaultMatches: number
  /** Entries on a page of a list without a number; AWS's default is unknown. */
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
