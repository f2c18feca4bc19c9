import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { useClient } from './aws.ts'

export const useRekognition = (): RekognitionClient => useClient(RekognitionClient)
