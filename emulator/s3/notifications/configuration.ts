import type { XmlElements } from '../../core/protocol/xml.ts'
import { invalidArgument, malformedXml, notEmulated } from '../errors.ts'
import type { XmlDocument } from '../requests/document-body.ts'
import { childrenOf, listOf, requiredText, textOf } from '../requests/document-reading.ts'

/** Which changes of a bucket's objects a function is called with. */
export interface NotificationRule {
  id: string
  /** The ARN of a function of Lambda. */
  functionArn: string
  /** Such as `s3:ObjectCreated:*`. */
  events: readonly string[]
  prefix?: string
  suffix?: string
}

const MOST_RULES = 100

/** The events of S3, by their kind; those without a kind have no others below them. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  ObjectCreated: ['Put', 'Post', 'Copy', 'CompleteMultipartUpload'],
  ObjectRemoved: ['Delete', 'DeleteMarkerCreated'],
  ObjectTagging: ['Put', 'Delete'],
  LifecycleExpiration: ['Delete', 'DeleteMarkerCreated'],
  ObjectRestore: ['Post', 'Completed', 'Delete'],
  Replication: ['OperationFailedReplication', 'OperationNotTracked', 'OperationMissedThreshold', 'OperationReplicatedAfterThreshold'],
}
const EVENTS = new Set([
  ...Object.entries(KINDS).flatMap(([kind, names]) => [`s3:${kind}:*`, ...names.map((name) => `s3:${kind}:${name}`)]),
  's3:ReducedRedundancyLostObject', 's3:LifecycleTransition', 's3:IntelligentTiering', 's3:ObjectAcl:Put',
])

/** Destinations that are no functions. */
const OTHERS = ['TopicConfiguration', 'QueueConfiguration', 'EventBridgeConfiguration'] as const

/**
 * The rules of a `NotificationConfiguration`; an empty one turns notifications off.
 * @param options.newId  an id for a rule without one
 * @throws MalformedXML, InvalidArgument, NotImplemented for other destinations than functions
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export function readNotifications (document: XmlDocument | string, { newId }: { newId: () => string }): NotificationRule[] {
  const found = childrenOf(document, ['CloudFunctionConfiguration', ...OTHERS])
  for (const name of OTHERS) if (found[name] !== undefined) throw notEmulated({ element: `NotificationConfiguration.${name}` })
  const rules = listOf(found.CloudFunctionConfiguration).map((element) => readRule(element, newId))
  if (rules.length > MOST_RULES) throw invalidArgument(`The number of notification configurations should not exceed ${MOST_RULES}`, 'NotificationConfiguration')
  if (new Set(rules.map(({ id }) => id)).size < rules.length) throw invalidArgument('Same ID used for multiple configurations. IDs must be unique', 'Id')
  for (const [index, rule] of rules.entries()) {
    if (rules.slice(index + 1).some((other) => overlap(rule, other))) {
      throw invalidArgument('Configurations overlap. Configurations on the same bucket cannot share a common event type.', 'NotificationConfiguration')
    }
  }
  return rules
}

function readRule (element: unknown, newId: () => string): NotificationRule {
  const found = childrenOf(element, ['Id', 'CloudFunction', 'Event', 'Filter'])
  const events = listOf(found.Event).map(requiredText)
  if (events.length === 0) throw malformedXml()
  for (const event of events) if (!EVENTS.has(event)) throw invalidArgument(`The event '${event}' is not supported for notifications`, 'Event', event)
  return { id: textOf(found.Id) || newId(), functionArn: requiredText(found.CloudFunction), events, ...readFilter(found.Filter) }
}

function readFilter (element: unknown): Pick<NotificationRule, 'prefix' | 'suffix'> {
  if (element === undefined) return {}
  const { S3Key } = childrenOf(element, ['S3Key'])
  const { FilterRule } = childrenOf(S3Key ?? {}, ['FilterRule'])
  const filter: Pick<NotificationRule, 'prefix' | 'suffix'> = {}
  for (const rule of listOf(FilterRule)) {
    const { Name, Value } = childrenOf(rule, ['Name', 'Value'])
    const name = requiredText(Name).toLowerCase()
    if (name !== 'prefix' && name !== 'suffix') throw invalidArgument('filter rule name must be either prefix or suffix', 'FilterRule.Name', requiredText(Name))
    if (filter[name] !== undefined) throw invalidArgument(`Cannot specify more than one ${name} rule in a filter.`, 'FilterRule')
    filter[name] = requiredText(Value)
  }
  return filter
}

/** The content of a `NotificationConfiguration`. */
export const notificationElements = (rules: readonly NotificationRule[]): XmlElements => ({
  CloudFunctionConfiguration: rules.map(({ id, functionArn, events, prefix, suffix }) => ({
    Id: id,
    CloudFunction: functionArn,
    Event: [...events],
    ...(prefix !== undefined || suffix !== undefined) && {
      Filter: { S3Key: { FilterRule: Object.entries({ Prefix: prefix, Suffix: suffix }).flatMap(([Name, Value]) => Value === undefined ? [] : [{ Name, Value }]) } },
    },
  })),
})

/** Whether a rule is about a change. */
export const concerns = ({ events, prefix = '', suffix = '' }: NotificationRule, { name, key }: { name: string, key: string }): boolean =>
  key.startsWith(prefix) && key.endsWith(suffix) && events.some((event) => isAbout(event, `s3:${name}`))

const isAbout = (event: string, name: string): boolean => event === name || (event.endsWith('*') && name.startsWith(event.slice(0, -1)))

/** Whether one change could be for two functions. */
function overlap (one: NotificationRule, other: NotificationRule): boolean {
  const either = (is: (a: string, b: string) => boolean, a = '', b = '') => is(a, b) || is(b, a)
  return one.events.some((event) => other.events.some((another) => isAbout(event, another) || isAbout(another, event))) &&
    either((a, b) => a.startsWith(b), one.prefix, other.prefix) && either((a, b) => a.endsWith(b), one.suffix, other.suffix)
}
