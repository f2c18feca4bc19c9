import { IAMClient } from '@aws-sdk/client-iam'
import { useClient } from './aws.ts'

export const useIam = (): IAMClient => useClient(IAMClient)
