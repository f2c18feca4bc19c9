import { randomUUID } from 'node:crypto'
import { openBucket } from '../../buckets/bucket-access.ts'
import { getSetting, type Setting } from '../../configuration/setting.ts'
import { invalidDestination, malformedXml } from '../../errors.ts'
import { notificationElements, readNotifications } from '../../notifications/configuration.ts'
import type { S3Operation } from '../../operation.ts'
import { document, header, onBucket, type S3Shape } from '../../requests/shape.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html

const newId = (): string => randomUUID()

const notifications: Setting<'notifications'> = { name: 'notifications', root: 'NotificationConfiguration', read: (content) => readNotifications(content, { newId }), write: notificationElements }

const types = { members: { ...onBucket, Document: document, SkipDestinationValidation: header('x-amz-skip-destination-validation') } } satisfies S3Shape

export const putBucketNotificationConfiguration: S3Operation<typeof types> = {
  types,
  async run (input, ctx) {
    openBucket(input, ctx)
    const content = await input.Document.read(notifications.root)
    if (content === undefined) throw malformedXml()
    const rules = readNotifications(content, { newId })
    const missing = rules.find(({ functionArn }) => !ctx.store.hasFunction(functionArn))
    if (missing && input.SkipDestinationValidation?.toLowerCase() !== 'true') throw invalidDestination(missing.functionArn)
    await ctx.store.configure(input.Bucket, { notifications: rules.length === 0 ? undefined : rules })
    return { status: 200 }
  },
}

export const getBucketNotificationConfiguration = getSetting(notifications)
