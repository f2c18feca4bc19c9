import { randomBytes } from 'node:crypto'
import { Type, type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { choice } from './core/schemas.ts'

/** An invalid setting. The message is one line: the variable, its value, what is accepted. */
export class ConfigError extends Error {
  constructor (variable: string, got: string, takes: string) {
    super(`${variable} is ${got}; it takes ${takes}`)
    this.name = 'ConfigError'
  }
}

/** A whole number, described by its bounds. */
const whole = (minimum: number, maximum: number, byDefault: number) =>
  Type.Integer({ minimum, maximum, default: byDefault, description: `a whole number from ${minimum} to ${maximum}` })

const TABLE_ARN = 'arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\\d{12}:table/'
const TABLE = `^(${TABLE_ARN})?[A-Za-z0-9_.-]{3,255}$`
const TABLE_WORDS = 'a table name, 3 to 255 characters of A-Z a-z 0-9 _ . -, or a table\'s ARN'

const port = (byDefault: number) => whole(0, 65535, byDefault)
const host = (byDefault: string) => Type.String({ default: byDefault, pattern: '^[A-Za-z0-9_.:-]+$', description: 'a host name or address' })
const only = <const T extends readonly string[]>(values: T, takes = values.join(' or ')) =>
  ({ ...choice(values), default: values[0], description: takes }) as ReturnType<typeof choice<T>> // the same schema, with a description
const size = (byDefault: string) =>
  Type.String({ default: byDefault, pattern: '^[1-9]\\d{0,8} ?(B|KB|MB)$', description: 'a size such as 512 KB or 15 MB' })
const duration = (byDefault: string) =>
  Type.String({ default: byDefault, pattern: '^[1-9]\\d{0,6} ?(ms|s|m)$', description: 'a duration such as 500ms, 30s or 2m' })
const table = (byDefault: string) =>
  Type.String({ default: byDefault, pattern: TABLE, description: TABLE_WORDS })
const optionalTable = Type.Optional(Type.String({ pattern: TABLE, description: TABLE_WORDS }))
const endpoint = Type.Optional(Type.String({ pattern: '^https?://[^\\s/]+(/\\S*)?$', description: 'a URL such as http://localhost:4566' }))

/** An app client's id, or another value of a token's `aud`. */
const AUDIENCE = '[\\w.:/+@-]+'

/** The `iss` of tokens. Keys fetched over plain HTTP could be forged, unless the connection stays on this machine or its own network. */
const issuer = Type.Optional(Type.String({
  maxLength: 2048,
  pattern: '^(https://[^\\s/?#@]+|http://([A-Za-z0-9_-]+|127(\\.\\d+){3}|\\[::1\\])(:\\d+)?)(/[^\\s?#]*)?$',
  description: 'the URL of an issuer, such as https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example; http only for a host name without a dot, or loopback',
}))

const hostNames = Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._-]+(, ?[A-Za-z0-9._-]+)*$', description: 'host names, separated by commas' }))

/** As a browser sends it: scheme, host and port, and no path. */
const ORIGIN = 'https?://(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::\\d{1,5})?'

/** How long reads lag, of all tables or of one. */
const LAG = '\\d{1,7}(ms|s|m|h)'
const TABLE_LAG = `([A-Za-z0-9_.-]{3,255}|\\*)=${LAG}`

/** Every variable that the server reads, with its values and default. */
const EnvironmentSchema = Type.Object({
  HOST: host('127.0.0.1'),
  PORT: port(3000),
  EMULATOR_HOST: host('127.0.0.1'),
  EMULATOR_PORT: port(4566),
  EMULATOR_ALLOWED_HOSTS: hostNames,
  EMULATOR_ISSUER: issuer,
  EMULATOR_TRIGGER_HOSTS: hostNames,
  EMULATOR_STREAM_SHARDS: whole(1, 64, 1),
  EMULATOR_METRICS: only(['on', 'off']),
  EMULATOR_IAM: only(['off', 'audit', 'on']),
  EMULATOR_THROTTLING: only(['off', 'on']),
  EMULATOR_CONSISTENCY_LAG: Type.Optional(Type.String({
    pattern: `^(${LAG}|${TABLE_LAG}(, ?${TABLE_LAG})*)$`,
    description: 'a length of time such as 2s, or one for each table: orders=2s,users=500ms',
  })),
  EMULATOR_REPLICATION_LAG: Type.Optional(Type.String({ pattern: `^${LAG}$`, description: 'a length of time such as 1s' })),
  API_ALLOWED_HOSTS: hostNames,
  CORS_ORIGINS: Type.Optional(Type.String({ pattern: `^${ORIGIN}(, ?${ORIGIN})*$`, description: 'origins such as https://app.example.org, separated by commas' })),
  POINT_IN_TIME_RECOVERY: only(['on', 'off']),
  COST_HEADER: only(['off', 'on']),
  STORE: only(['embedded', 'dynamodb']),
  CLOCK: only(['auto', 'follow', 'system']),
  SANDTABLE_DATA: Type.Optional(Type.String({ minLength: 1, description: 'a directory' })),
  SANDTABLE_SEED: Type.Optional(Type.String({ minLength: 1, description: 'a directory' })),
  AUTH_MODE: only(['open', 'jwt']),
  AUTH_ISSUER: issuer,
  AUTH_AUDIENCE: Type.Optional(Type.String({ pattern: `^${AUDIENCE}(, ?${AUDIENCE})*$`, description: 'ids of app clients, separated by commas' })),
  FACE_DESIGN: only(['single', 'history']),
  FACE_MATCH_THRESHOLD: Type.Number({ minimum: 0, maximum: 100, default: 90, description: 'a number from 0 to 100' }),
  FACE_RECORD_TTL_DAYS: whole(0, 36500, 0),
  DYNAMODB_FACE_VALIDATION_TABLE: table('face-verifications'),
  DYNAMODB_FACE_HISTORY_TABLE: table('face-verifications-history'),
  DYNAMODB_REGISTRATIONS_TABLE: table('event-registrations'),
  DYNAMODB_EVENTS_TABLE: table('events'),
  DYNAMODB_CHAT_TABLE: table('learning-navigator'),
  ENVIRONMENT: Type.String({ default: 'dev', pattern: '^[A-Za-z0-9_.-]{1,64}$', description: 'a name such as dev or prod, 1 to 64 characters of A-Z a-z 0-9 _ . -' }),
  DYNAMODB_USERS_TABLE: optionalTable,
  DYNAMODB_REPORTS_TABLE: optionalTable,
  DYNAMODB_EMBEDDINGS_TABLE: optionalTable,
  DYNAMODB_IMAGES_TABLE: table('image-processing-metadata'),
  DYNAMODB_DELETIONS_TABLE: table('user-deletions'),
  IMAGE_WORKERS: whole(0, 64, 2),
  IMAGE_MAX_MEGAPIXELS: whole(1, 1000, 100),
  S3_BUCKET: Type.String({
    default: 'sandtable',
    pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    description: 'a bucket name, 3 to 63 characters of a-z 0-9 . -',
  }),
  LOG_LEVEL: { ...only(['info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent']), description: 'trace, debug, info, warn, error, fatal or silent' },
  BODY_LIMIT: size('1 MB'),
  UPLOAD_LIMIT: size('15 MB'),
  REQUEST_TIMEOUT: duration('30s'),
  SHUTDOWN_TIMEOUT: duration('10s'),
  MAX_EVENT_LOOP_DELAY: duration('1s'),
  PAGE_TOKEN_SECRET: Type.Optional(Type.String({ minLength: 16, description: 'a secret of 16 characters or more' })),
  AWS_REGION: Type.String({ default: 'us-east-1', pattern: '^[a-z0-9-]+$', description: 'a region such as us-east-1' }),
  AWS_ACCOUNT_ID: Type.String({ default: '000000000000', pattern: '^\\d{12}$', description: 'twelve digits' }),
  AWS_ENDPOINT_URL: endpoint,
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  AWS_ENDPOINT_URL_REKOGNITION: endpoint,
  AWS_ENDPOINT_URL_S3: endpoint,
})

/** The app client of the emulator's tokens, unless another is requested. */
const LOCAL_CLIENT = 'sandtable'

/** Never shown, not even if it is invalid. */
const SECRETS: ReadonlySet<string> = new Set(['PAGE_TOKEN_SECRET'])

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 * 1024, ms: 1, s: 1000, m: 60_000 }

const listOf = (text: string | undefined): string[] => text?.split(/, ?/) ?? []

/** `2s`, or `orders=2s,users=500ms` by table. */
const lagOf = (text: string | undefined): string | Record<string, string> | undefined =>
  text?.includes('=') ? Object.fromEntries(listOf(text).map((one) => one.split('=') as [string, string])) : text // the schema has let nothing else through

/** `15 MB` in bytes, `30s` in milliseconds: the schema allows nothing else. */
const measure = (text: string): number => parseInt(text) * UNITS[text.replace(/[\d ]/g, '')]!

/** The key of the environment, if it is there whole. */
function rootOf ({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }: Readonly<Record<string, string | undefined>>) {
  return accessKeyId && secretAccessKey ? { root: { accessKeyId, secretAccessKey } } : {}
}

/**
 * Reads and checks the environment; the result is deeply frozen.
 * @param env  `process.env`, or a substitute. An empty value counts as not set.
 * @throws {@link ConfigError} for the first invalid variable
 */
export function loadConfig (env: Readonly<Record<string, string | undefined>>) {
  const settings = readEnvironment(env)
  if (settings.AUTH_ISSUER !== undefined && settings.AUTH_AUDIENCE === undefined) {
    throw new ConfigError('AUTH_AUDIENCE', 'not set', 'the ids of the app clients whose tokens AUTH_ISSUER gives and this API accepts, separated by commas')
  }
  return freeze({
    http: {
      host: settings.HOST,
      /** 0 lets the system choose. */
      port: settings.PORT,
      /** Accepted host names, in addition to local ones. */
      allowedHosts: listOf(settings.API_ALLOWED_HOSTS),
      /** Origins, in addition to this machine's, whose pages may call it from a browser. */
      corsOrigins: listOf(settings.CORS_ORIGINS),
      /** Bytes of a JSON body. */
      bodyLimit: measure(settings.BODY_LIMIT),
      /** Bytes of an uploaded file. */
      uploadLimit: measure(settings.UPLOAD_LIMIT),
      /** Whether each answer says what it cost in DynamoDB. */
      costHeader: settings.COST_HEADER === 'on',
      requestTimeoutMs: measure(settings.REQUEST_TIMEOUT),
      shutdownTimeoutMs: measure(settings.SHUTDOWN_TIMEOUT),
      /** Above it, requests are rejected. */
      maxEventLoopDelayMs: measure(settings.MAX_EVENT_LOOP_DELAY),
    },
    emulator: {
      listen: { host: settings.EMULATOR_HOST, port: settings.EMULATOR_PORT },
      region: settings.AWS_REGION,
      /** Accepted host names, in addition to local ones; their sites may call it from a browser. */
      allowedHosts: listOf(settings.EMULATOR_ALLOWED_HOSTS),
      /** Hosts, in addition to this machine, whose URLs triggers may call. */
      triggerHosts: listOf(settings.EMULATOR_TRIGGER_HOSTS),
      /** How many open shards a new stream of DynamoDB has. */
      dynamodb: { streamShards: settings.EMULATOR_STREAM_SHARDS },
      /** Whether the metrics of the emulated services are published in CloudWatch. */
      metrics: settings.EMULATOR_METRICS === 'on',
      /** Whether IAM's policies are enforced; the key of the environment is the account's root. */
      iam: { mode: settings.EMULATOR_IAM, ...rootOf(env) },
      /** Whether requests beyond a table's throughput are throttled. */
      throttling: settings.EMULATOR_THROTTLING === 'on',
      /** How long after a write it is seen by reads that are not strongly consistent. */
      consistencyLag: lagOf(settings.EMULATOR_CONSISTENCY_LAG),
      /** How long after a write to a global table it arrives in other regions. */
      replicationLag: settings.EMULATOR_REPLICATION_LAG,
      /** The issuer in its tokens, if servers reach it by another address than its own. */
      issuer: settings.EMULATOR_ISSUER,
      /** The account of access keys that are not account ids. */
      accountId: settings.AWS_ACCOUNT_ID,
    },
    pointInTimeRecovery: settings.POINT_IN_TIME_RECOVERY === 'on',
    store: settings.STORE,
    /** With `STORE=dynamodb`: the emulator's clock (`follow`), the machine's, or the emulator's if the endpoint has one. */
    clock: settings.CLOCK,
    /** The directory in which the emulator of this process keeps its state; `undefined` for memory. */
    dataPath: settings.SANDTABLE_DATA,
    /** The folder that the emulator of this process loads at its start. */
    seedPath: settings.SANDTABLE_SEED,
    auth: {
      /** `open`: most routes need no token. `jwt`: all need one, except health and docs. */
      mode: settings.AUTH_MODE,
      /** The issuer whose tokens are accepted; `undefined` for the emulator's own, if there is one. */
      issuer: settings.AUTH_ISSUER,
      /** The app clients whose tokens are accepted. */
      audience: settings.AUTH_AUDIENCE?.split(/, ?/) ?? [LOCAL_CLIENT],
    },
    aws: {
      region: settings.AWS_REGION,
      /** Used instead of AWS's own; `undefined` leaves it to the SDK. */
      endpoints: {
        dynamodb: settings.AWS_ENDPOINT_URL_DYNAMODB ?? settings.AWS_ENDPOINT_URL,
        rekognition: settings.AWS_ENDPOINT_URL_REKOGNITION ?? settings.AWS_ENDPOINT_URL,
        s3: settings.AWS_ENDPOINT_URL_S3 ?? settings.AWS_ENDPOINT_URL,
      },
      /** The bucket of keys without a bucket. */
      bucket: settings.S3_BUCKET,
    },
    log: { level: settings.LOG_LEVEL },
    /** Each process has its own, unless it is set: then page tokens are valid in all processes that share it. */
    pageTokenSecret: settings.PAGE_TOKEN_SECRET ?? randomBytes(32).toString('base64url'),
    face: {
      /** `single`: one record a user (seed 001). `history`: validations that expire (seed 000). */
      design: settings.FACE_DESIGN,
      /** Similarity, 0 to 100, from which two faces belong to the same person. */
      matchThreshold: settings.FACE_MATCH_THRESHOLD,
      /** Days after which a face record expires; 0: never. */
      recordTtlDays: settings.FACE_RECORD_TTL_DAYS,
      tables: {
        faces: settings.DYNAMODB_FACE_VALIDATION_TABLE,
        history: settings.DYNAMODB_FACE_HISTORY_TABLE,
        registrations: settings.DYNAMODB_REGISTRATIONS_TABLE,
        events: settings.DYNAMODB_EVENTS_TABLE,
      },
    },
    chat: {
      tables: { chat: settings.DYNAMODB_CHAT_TABLE },
    },
    report: {
      /** One set of tables for each ENVIRONMENT. */
      tables: {
        users: settings.DYNAMODB_USERS_TABLE ?? `k9-users-${settings.ENVIRONMENT}`,
        reports: settings.DYNAMODB_REPORTS_TABLE ?? `k9-reports-${settings.ENVIRONMENT}`,
        embeddings: settings.DYNAMODB_EMBEDDINGS_TABLE ?? `k9-embeddings-${settings.ENVIRONMENT}`,
      },
    },
    image: {
      /** Images that this process works on at once; 0 leaves them to others. */
      workers: settings.IMAGE_WORKERS,
      /** The limit of one image. */
      maxPixels: settings.IMAGE_MAX_MEGAPIXELS * 1_000_000,
      tables: { images: settings.DYNAMODB_IMAGES_TABLE },
    },
    user: {
      tables: { deletions: settings.DYNAMODB_DELETIONS_TABLE },
    },
  })
}

export type Config = ReturnType<typeof loadConfig>

export type SettingName = keyof typeof EnvironmentSchema.properties

/** A variable that the server reads, for code that lists or offers them all. */
export interface Setting {
  name: SettingName
  /** The accepted values, in words. */
  takes: string
  /** Its default; `undefined` when there is none. */
  byDefault: string | undefined
  /** Its value is never shown. */
  secret: boolean
}

type SettingSchema = TSchema & { default?: string | number, description?: string }

const SCHEMAS = Object.entries<SettingSchema>(EnvironmentSchema.properties) as [SettingName, SettingSchema][] // its own keys

/** All variables, in the order of the table above. */
export const SETTINGS: readonly Setting[] = SCHEMAS.map(([name, schema]) => ({
  name,
  takes: schema.description ?? 'something else',
  byDefault: schema.default === undefined ? undefined : String(schema.default),
  secret: SECRETS.has(name),
}))

/** Whether a variable accepts a value. An empty one counts as not set. */
export const checkSetting = (name: SettingName, text: string): boolean => isRight(readValue(text, EnvironmentSchema.properties[name]), EnvironmentSchema.properties[name])

const readValue = (given: string | undefined, schema: SettingSchema): unknown => given === undefined || given === '' ? schema.default : asNumber(given, schema)

const isRight = (value: unknown, schema: SettingSchema): boolean => value === undefined || Value.Check(schema, value)

function readEnvironment (env: Readonly<Record<string, string | undefined>>): Static<typeof EnvironmentSchema> {
  const settings: Record<string, unknown> = {}
  for (const [name, schema] of SCHEMAS) {
    const given = env[name]
    const value = readValue(given, schema)
    if (!isRight(value, schema)) {
      throw new ConfigError(name, SECRETS.has(name) ? 'set, but invalid' : JSON.stringify(given), schema.description ?? 'something else')
    }
    settings[name] = isTable(schema) && typeof value === 'string' ? nameOfTable(name, value, env) : value
  }
  return settings as Static<typeof EnvironmentSchema> // each was checked against its schema
}

const isTable = (schema: TSchema & { pattern?: unknown }) => schema.pattern === TABLE

/** The name in a table's ARN: tables are used by name, in the region and the account of the server's own clients. */
function nameOfTable (variable: string, table: string, env: Readonly<Record<string, string | undefined>>): string {
  const [, , , region, , path] = table.split(':')
  if (path === undefined) return table
  const own = env.AWS_REGION || 'us-east-1'
  if (env.STORE === 'dynamodb' && region !== own) throw new ConfigError(variable, JSON.stringify(table), `a table in the server's own region, AWS_REGION, which is ${own}`)
  return path.slice('table/'.length)
}

/** A variable is text; if the schema needs a number, plain decimal digits are converted. */
function asNumber (text: string, schema: TSchema & { type?: unknown }): unknown {
  const wanted = schema.type === 'integer' || schema.type === 'number'
  return wanted && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function freeze<T extends object> (value: T): T {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) freeze(member as object)
  return Object.freeze(value)
}
