import { HeadBucketCommand } from '@aws-sdk/client-s3'
import { DetectFacesCommand } from '@aws-sdk/client-rekognition'
import { awsOutage } from '../core/errors.ts'
import type { AwsClients } from './clients.ts'
import type { AwsCall } from './observed.ts'

/** The services that denied the last call that they answered. */
export class AccessRecord {
  readonly #denied = new Set<AwsCall['service']>()

  /** @returns whether the call was denied */
  record ({ service }: AwsCall, error: unknown): boolean {
    const outage = error === undefined ? undefined : awsOutage(error)
    if (outage === 'denied') this.#denied.add(service)
    // If a service does not answer, nothing is known about access.
    else if (outage !== 'unreachable') this.#denied.delete(service)
    return outage === 'denied'
  }

  /**
   * The services that still deny access. A server that is not ready gets no requests, so S3 and Rekognition are called
   * here; every check of readiness calls DynamoDB anyway.
   * @param aws  observed clients, which report their calls to this record
   */
  async denied (aws: AwsClients, bucket: string): Promise<AwsCall['service'][]> {
    const asked: Promise<unknown>[] = []
    if (this.#denied.has('s3')) asked.push(aws.s3.send(new HeadBucketCommand({ Bucket: bucket })))
    // Not an image: access is checked first, and nothing is analysed or charged.
    if (this.#denied.has('rekognition')) asked.push(aws.rekognition.send(new DetectFacesCommand({ Image: { Bytes: new Uint8Array(1) } })))
    await Promise.allSettled(asked)
    return [...this.#denied]
  }
}
