import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { useClient } from './aws.ts'

export const useCloudwatch = (): CloudWatchClient => useClient(CloudWatchClient)
