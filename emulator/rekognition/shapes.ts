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
