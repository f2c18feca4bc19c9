import type { FromShape } from '../core/protocol/shape.ts'
import { QUALITY_FILTERS } from './limits.ts'

export const ImageShape = {
  type: 'structure',
  members: {
    Bytes: { type: 'blob', min: 1, max: 5_242_880 },
    S3Object: {
      type: 'structure',
      members: {
        Bucket: { type: 'string', min: 3, max: 255, pattern: '[0-9A-Za-z\\.\\-_]*' },
        Name: { type: 'string', min: 1, max: 1024 },
        Version: { type: 'string', min: 1, max: 1024 },
      },
    },
  },
} as const

export type Image = FromShape<typeof ImageShape>

export const QualityFilterShape = { type: 'string', values: QUALITY_FILTERS } as const

export const AttributesShape = {
  type: 'list',
  of: {
    type: 'string',
    values: ['DEFAULT', 'ALL', 'AGE_RANGE', 'BEARD', 'EMOTIONS', 'EYE_DIRECTION', 'EYEGLASSES', 'EYES_OPEN', 'GENDER',
      'MOUTH_OPEN', 'MUSTACHE', 'FACE_OCCLUDED', 'SMILE', 'SUNGLASSES'],
  },
} as const

export type Attribute = FromShape<typeof AttributesShape>[number]

export const CollectionIdShape = { type: 'string', min: 1, max: 255, pattern: '[a-zA-Z0-9_.\\-]+' } as const

export const FaceIdShape = { type: 'string', pattern: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}' } as const

export const FaceIdsShape = { type: 'list', of: FaceIdShape, min: 1, max: 4096 } as const

/** The members of every search, except what it searches by. */
export const searchMembers = {
  CollectionId: CollectionIdShape,
  MaxFaces: { type: 'integer', min: 1, max: 4096 },
  FaceMatchThreshold: { type: 'float', min: 0, max: 100 },
} as const

/** The members of every paged list. */
export const pageMembers = {
  NextToken: { type: 'string', min: 0, max: 255 },
  MaxResults: { type: 'integer', min: 0, max: 4096 },
} as const
