import { useMemo } from 'react'
import { S3Client } from '@aws-sdk/client-s3'
import { clientConfig, markCalls } from './aws.ts'
import { useScope } from './scope.tsx'

/** The client for the buckets of the account. */
export function useS3 (): S3Client {
  const { account, region } = useScope()
  return useMemo(() => markCalls(new S3Client({
    ...clientConfig({ account, region }),
    forcePathStyle: true,
    // A browser cannot send the checksum of a stream behind it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    followRegionRedirects: true,
  })), [account, region])
}
