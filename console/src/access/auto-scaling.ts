import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling'
import { useClient } from './aws.ts'

export const useAutoScaling = (): ApplicationAutoScalingClient => useClient(ApplicationAutoScalingClient)
