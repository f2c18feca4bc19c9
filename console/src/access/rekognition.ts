import { useMemo } from 'react'
import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { clientConfig, markCalls } from './aws.ts'
import { useScope } from './scope.tsx'

export function useRekognition (): RekognitionClient {
  const { account, region } = useScope()
  return useMemo(() => markCalls(new RekognitionClient(clientConfig({ account, region }))), [account, region])
}
