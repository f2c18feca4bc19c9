/**
 * What AWS charged in us-east-1 in November 2026, in USD, for what EstimatedCharges counts. Not looked up this year: those of
 * Rekognition and S3. Storage, free tiers of accounts and data transfer are not in it: GAPS.md.
 */
export const PRICES = {
  dynamodb: {
    readUnit: 0.125e-6,
    writeUnit: 0.625e-6,
    readUnitHour: 0.00013,
    writeUnitHour: 0.00065,
    /** Unit-hours of each month that are free: 25 units all month. */
    freeUnitHours: 18_600,
  },
  rekognition: { image: 0.001 },
  s3: { put: 5e-6, get: 0.4e-6 },
} as const
