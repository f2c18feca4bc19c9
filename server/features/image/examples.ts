import type { Image, Profile } from './schemas.ts'

// What the documentation shows: one photograph of seed 002's user.

const CREATED = '2026-03-01T12:00:00.000Z'
const DONE = '2026-03-01T12:00:01.200Z'

export const IMAGE: Image = {
  imageId: 'img_0mm7r4u801234567890abcdef',
  userId: 'user_12345678',
  originalFileName: 'vacation-photo.jpg',
  originalFileSize: 2_048_576,
  originalFileType: 'image/jpeg',
  originalS3Key: 'uploads/user_12345678/img_0mm7r4u801234567890abcdef.jpg',
  processedS3Key: 'processed/user_12345678/img_0mm7r4u801234567890abcdef.jpg',
  status: 'completed',
  processingSteps: {
    validation: { status: 'completed', startedAt: CREATED, completedAt: '2026-03-01T12:00:00.300Z', result: 'valid' },
    resize: {
      status: 'completed',
      startedAt: '2026-03-01T12:00:00.300Z',
      completedAt: '2026-03-01T12:00:00.900Z',
      dimensions: { original: { width: 4000, height: 3000 }, processed: { width: 800, height: 600 } },
    },
    watermark: { status: 'completed', startedAt: '2026-03-01T12:00:00.900Z', completedAt: DONE, watermarkType: 'text', watermarkText: 'John\'s Photos' },
  },
  createdAt: CREATED,
  createdDate: '2026-03-01',
  updatedAt: DONE,
  processedAt: DONE,
  completedAt: DONE,
  tags: ['vacation', 'family'],
  metadata: { camera: 'iPhone 12', description: 'Family vacation photo' },
}

export const PROFILE: Profile = {
  userId: IMAGE.userId,
  email: 'user@example.com',
  profile: { firstName: 'John', lastName: 'Doe', preferences: { defaultImageSize: 'medium', watermarkEnabled: true, watermarkText: 'John\'s Photos' } },
  statistics: { totalImages: 150, totalStorageUsed: 1_073_741_824, lastUploadAt: CREATED },
  createdAt: CREATED,
  updatedAt: CREATED,
}

/** A page token, which is opaque. */
export const PAGE_TOKEN = 'eyJ1c2VySWQiOiJ1c2VyMTIzIn0.4k2mZx8Jv0c3'
