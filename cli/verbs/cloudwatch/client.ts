import { CloudWatchClient, CloudWatchServiceException } from '@aws-sdk/client-cloudwatch'
import { Option } from 'commander'
import { Failure } from '../../output/failure.ts'
import { control } from '../../targets/control.ts'

export const regionOption = () => new Option('--region <region>', 'the region').env('AWS_REGION').default('us-east-1')

/** Where metrics and alarms are looked at. */
export interface CloudwatchOptions { emulator: string, region: string }

/** Works with a client of a running emulator's CloudWatch, and reports what it refuses in one line. */
export async function onCloudwatch ({ emulator, region }: CloudwatchOptions, work: (cloudwatch: CloudWatchClient, now: Date) => Promise<void>): Promise<void> {
  // Also says in one line when no emulator answers there.
  const { now } = await control<{ now: string }>(emulator, { method: 'GET', path: '/clock' })
  const key = process.env.AWS_ACCESS_KEY_ID ?? 'sandtable'
  const cloudwatch = new CloudWatchClient({
    endpoint: emulator,
    region,
    credentials: { accessKeyId: key, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? key },
    maxAttempts: 1,
  })
  try {
    await work(cloudwatch, new Date(now))
  } catch (error) {
    throw error instanceof CloudWatchServiceException ? new Failure(`CloudWatch answered ${error.name}: ${error.message}`) : error
  } finally {
    cloudwatch.destroy()
  }
}
