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
}
