import { Type, type Static, type TProperties } from 'typebox'
import { isLoopbackHost } from '../../http/browser-guard.ts'
import { schemaFaults } from '../core/schema-faults.ts'

const strict = <const T extends TProperties>(members: T) => Type.Object(members, { additionalProperties: false })
const whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum, description: `a whole number from ${minimum} to ${maximum}` })
const url = Type.String({ pattern: '^https?://', maxLength: 2048, description: 'a URL, http or https' })

const settings = {
  table: Type.String({ pattern: '^[a-zA-Z0-9_.-]{3,255}$', description: 'the name of a table' }),
  account: Type.Optional(Type.String({ pattern: '^\\d{12}$', description: 'twelve digits' })),
  region: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,32}$', description: 'a region' })),
  /** The most records of a batch. */
  batchSize: Type.Optional(whole(1, 10_000)),
  /** How long a batch that is not full waits for more. */
  maximumBatchingWindowInSeconds: Type.Optional(whole(0, 300)),
  startingPosition: Type.Optional(Type.Enum(['TRIM_HORIZON', 'LATEST'])),
  /** -1: until the records expire. */
  maximumRetryAttempts: Type.Optional(whole(-1, 10_000)),
  /** -1: as long as the stream has them. */
  maximumRecordAgeInSeconds: Type.Optional(whole(-1, 604_800)),
  bisectBatchOnFunctionError: Type.Optional(Type.Boolean()),
  functionResponseTypes: Type.Optional(Type.Array(Type.Enum(['ReportBatchItemFailures']), { maxItems: 1 })),
}

/** The settings of a trigger, named as Lambda names those of an event source mapping. */
export const TriggerSettingsSchema = strict(settings)

/** A trigger that calls a URL. */
export const UrlTriggerSchema = strict({
  ...settings,
  url,
  /** How long a call may take, in real time. */
  timeoutSeconds: Type.Optional(whole(1, 900)),
  /** Where a description of each discarded batch is sent by POST. */
  onFailure: Type.Optional(url),
})

export type TriggerSettings = Static<typeof TriggerSettingsSchema>

export type UrlTrigger = Static<typeof UrlTriggerSchema>

/** A trigger that is not valid; the message says why. */
export class BadTrigger extends Error {
  override name = 'BadTrigger'
}

/** The settings with AWS's defaults. */
export const DEFAULT_SETTINGS = {
  batchSize: 100,
  maximumBatchingWindowInSeconds: 0,
  startingPosition: 'LATEST',
  maximumRetryAttempts: -1,
  maximumRecordAgeInSeconds: -1,
  bisectBatchOnFunctionError: false,
  functionResponseTypes: [],
} as const satisfies Partial<TriggerSettings>

/** @throws {@link BadTrigger} for settings that are not valid */
export function checkTrigger (schema: typeof TriggerSettingsSchema | typeof UrlTriggerSchema, given: unknown): void {
  const faults = schemaFaults(schema, given)
  if (faults.length > 0) throw new BadTrigger(faults.join('; '))
}

/** @throws {@link BadTrigger} for what is no URL, or names a host that may not be called */
export function checkUrl (url: string, allowedHosts: readonly string[]): void {
  if (!URL.canParse(url)) throw new BadTrigger(`${JSON.stringify(url)} is not a URL`)
  const { hostname } = new URL(url)
  if (!isLoopbackHost(hostname) && !allowedHosts.some((host) => host.toLowerCase() === hostname)) {
    throw new BadTrigger(`The host ${hostname} may not be called: EMULATOR_TRIGGER_HOSTS names hosts that triggers may call, in addition to this machine`)
  }
}
