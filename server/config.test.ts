import { test } from 'tap'
import { ConfigError, loadConfig } from './config.ts'

test('an empty environment gives the documented defaults', async (t) => {
  const { pageTokenSecret, ...config } = loadConfig({})
  t.strictSame(config, {
    http: {
      costHeader: false,
      allowedHosts: [],
      corsOrigins: [],
      host: '127.0.0.1',
      port: 3000,
      bodyLimit: 1024 * 1024,
      uploadLimit: 15 * 1024 * 1024,
      requestTimeoutMs: 30_000,
      shutdownTimeoutMs: 10_000,
      maxEventLoopDelayMs: 1_000,
    },
    emulator: {
      listen: { host: '127.0.0.1', port: 4566 },
      region: 'us-east-1',
      allowedHosts: [],
      triggerHosts: [],
      dynamodb: { streamShards: 1 },
      metrics: true,
      iam: { mode: 'off' },
      throttling: false,
      consistencyLag: undefined,
      replicationLag: undefined,
      issuer: undefined,
      accountId: '000000000000',
    },
    pointInTimeRecovery: true,
    store: 'embedded',
    clock: 'auto',
    dataPath: undefined,
    seedPath: undefined,
    auth: { mode: 'open', issuer: undefined, audience: ['sandtable'] },
    aws: { region: 'us-east-1', endpoints: { dynamodb: undefined, rekognition: undefined, s3: undefined }, bucket: 'sandtable' },
    log: { level: 'info' },
    face: {
      design: 'single',
      matchThreshold: 90,
      recordTtlDays: 0,
      tables: { faces: 'face-verifications', history: 'face-verifications-history', registrations: 'event-registrations', events: 'events' },
    },
    chat: { tables: { chat: 'learning-navigator' } },
    report: { tables: { users: 'k9-users-dev', reports: 'k9-reports-dev', embeddings: 'k9-embeddings-dev' } },
    image: { workers: 2, maxPixels: 100_000_000, tables: { images: 'image-processing-metadata' } },
    user: { tables: { deletions: 'user-deletions' } },
  })
  t.ok(pageTokenSecret.length > 30)
  t.not(loadConfig({}).pageTokenSecret, pageTokenSecret, 'the secret is new each time')
})

test('set values are used, and an empty value counts as not set', async (t) => {
  const config = loadConfig({
    PORT: '0',
    HOST: '',
    EMULATOR_ALLOWED_HOSTS: 'box.example,app.example',
    STORE: 'dynamodb',
    SANDTABLE_DATA: './data',
    SANDTABLE_SEED: './seed',
    FACE_MATCH_THRESHOLD: '92.5',
    ENVIRONMENT: 'prod',
    DYNAMODB_USERS_TABLE: 'people',
    BODY_LIMIT: '64 KB',
    UPLOAD_LIMIT: '5MB',
    REQUEST_TIMEOUT: '500ms',
    SHUTDOWN_TIMEOUT: '2m',
    AWS_ENDPOINT_URL: 'http://localhost:4566',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://alternator:8000',
    PAGE_TOKEN_SECRET: 'sixteen or more characters',
    SOMETHING_ELSE: 'is nobody\'s business',
  })
  t.match(config, {
    http: { host: '127.0.0.1', port: 0, bodyLimit: 65_536, uploadLimit: 5_242_880, requestTimeoutMs: 500, shutdownTimeoutMs: 120_000 },
    emulator: { allowedHosts: ['box.example', 'app.example'] },
    store: 'dynamodb',
    dataPath: './data',
    seedPath: './seed',
    face: { matchThreshold: 92.5 },
    report: { tables: { users: 'people', reports: 'k9-reports-prod', embeddings: 'k9-embeddings-prod' } },
    aws: { endpoints: { dynamodb: 'http://alternator:8000', s3: 'http://localhost:4566', rekognition: 'http://localhost:4566' } },
    pageTokenSecret: 'sixteen or more characters',
  })
})

test('throttling and lagging reads of the emulator', async (t) => {
  t.match(loadConfig({ EMULATOR_THROTTLING: 'on', EMULATOR_CONSISTENCY_LAG: '2s' }).emulator, { throttling: true, consistencyLag: '2s' })
  t.match(loadConfig({ EMULATOR_REPLICATION_LAG: '1s' }).emulator, { replicationLag: '1s' })
  t.strictSame(loadConfig({ EMULATOR_CONSISTENCY_LAG: 'orders=2s, users=500ms,*=1s' }).emulator.consistencyLag, { orders: '2s', users: '500ms', '*': '1s' })
})

test('a table may be named by its ARN', async (t) => {
  const arn = (region: string) => `arn:aws:dynamodb:${region}:123456789012:table/k9-users-prod`
  t.equal(loadConfig({ DYNAMODB_USERS_TABLE: arn('us-east-1') }).report.tables.users, 'k9-users-prod')
  t.equal(loadConfig({ DYNAMODB_EVENTS_TABLE: arn('eu-west-1') }).face.tables.events, 'k9-users-prod', 'the embedded store has no other region')
  t.equal(loadConfig({ STORE: 'dynamodb', AWS_REGION: 'eu-west-1', DYNAMODB_USERS_TABLE: arn('eu-west-1') }).report.tables.users, 'k9-users-prod')
  t.throws(() => loadConfig({ STORE: 'dynamodb', DYNAMODB_USERS_TABLE: arn('eu-west-1') }), {
    message: /^DYNAMODB_USERS_TABLE is "arn:\S+"; it takes a table in the server's own region, AWS_REGION, which is us-east-1$/,
  })
  for (const bad of ['arn:aws:dynamodb:us-east-1:123456789012:table/', 'arn:aws:s3:us-east-1:123456789012:table/things', `${arn('us-east-1')}/index/ByMail`]) {
    t.throws(() => loadConfig({ DYNAMODB_USERS_TABLE: bad }), { message: /or a table's ARN$/ }, bad)
  }
})

test('the configuration cannot be changed', async (t) => {
  const config = loadConfig({})
  t.throws(() => { config.face.tables.faces = 'x' }, TypeError)
  t.throws(() => { config.store = 'dynamodb' }, TypeError)
})

test('a wrong setting is reported in one line: the variable, the value, what is accepted', async (t) => {
  const wrong: [variable: string, got: string, takes: string][] = [
    ['PORT', 'abc', 'a whole number from 0 to 65535'],
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', '-1', 'a whole number from 0 to 65535'],
    ['PORT', '80.5', 'a whole number from 0 to 65535'],
    ['PORT', '0x50', 'a whole number from 0 to 65535'],
    ['EMULATOR_PORT', ' 4566', 'a whole number from 0 to 65535'],
    ['EMULATOR_ALLOWED_HOSTS', 'a.example;b.example', 'host names, separated by commas'],
    ['EMULATOR_THROTTLING', 'yes', 'off or on'],
    ['EMULATOR_CONSISTENCY_LAG', '2', 'a length of time such as 2s, or one for each table: orders=2s,users=500ms'],
    ['EMULATOR_REPLICATION_LAG', '1', 'a length of time such as 1s'],
    ['AWS_ACCOUNT_ID', '12345', 'twelve digits'],
    ['STORE', 'mongodb', 'embedded or dynamodb'],
    ['AUTH_MODE', 'cognito', 'open or jwt'],
    ['AUTH_AUDIENCE', 'a,,b', 'ids of app clients, separated by commas'],
    ['FACE_DESIGN', 'both', 'single or history'],
    ['FACE_MATCH_THRESHOLD', '101', 'a number from 0 to 100'],
    ['FACE_RECORD_TTL_DAYS', '1.5', 'a whole number from 0 to 36500'],
    ['DYNAMODB_EVENTS_TABLE', 'a b', 'a table name, 3 to 255 characters of A-Z a-z 0-9 _ . -'],
    ['S3_BUCKET', 'Bad_Bucket', 'a bucket name, 3 to 63 characters of a-z 0-9 . -'],
    ['LOG_LEVEL', 'loud', 'trace, debug, info, warn, error, fatal or silent'],
    ['BODY_LIMIT', '1000', 'a size such as 512 KB or 15 MB'],
    ['BODY_LIMIT', '0 MB', 'a size such as 512 KB or 15 MB'],
    ['REQUEST_TIMEOUT', '30', 'a duration such as 500ms, 30s or 2m'],
    ['AWS_ENDPOINT_URL', 'localhost:4566', 'a URL such as http://localhost:4566'],
    ['HOST', 'a\nb', 'a host name or address'],
  ]
  for (const [variable, got, takes] of wrong) {
    t.throws(() => loadConfig({ [variable]: got }), new ConfigError(variable, JSON.stringify(got), takes), `${variable}=${JSON.stringify(got)}`)
  }
  t.equal(new ConfigError('PORT', '"abc"', 'a number').message, 'PORT is "abc"; it takes a number')
})

test('an issuer is an https URL, or http on this machine or its network, and names its app clients', async (t) => {
  for (const variable of ['AUTH_ISSUER', 'EMULATOR_ISSUER']) {
    for (const wrong of ['sandtable', 'ftp://a/b', 'http://example.org/pool', 'https://a/b?c', 'https://me@a/b', 'http://127.0.0.1.example.org/', 'http://me@localhost']) {
      t.throws(() => loadConfig({ AUTH_AUDIENCE: 'app', [variable]: wrong }), { name: 'ConfigError', message: /_ISSUER is .*; it takes the URL of an issuer, such as https:/ }, `${variable}=${wrong}`)
    }
    for (const right of ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC123', 'https://tenant.example.org/', 'http://emulator:4566/_sandtable/issuer', 'http://127.0.0.1:4566/a', 'http://[::1]:80', 'http://localhost']) {
      t.doesNotThrow(() => loadConfig({ AUTH_AUDIENCE: 'app', [variable]: right }), `${variable}=${right}`)
    }
  }
  const AUTH_ISSUER = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC123'
  t.strictSame(loadConfig({ AUTH_MODE: 'jwt', AUTH_ISSUER, AUTH_AUDIENCE: 'app1,app2, app3' }).auth, { mode: 'jwt', issuer: AUTH_ISSUER, audience: ['app1', 'app2', 'app3'] })
  t.throws(() => loadConfig({ AUTH_ISSUER }), { message: 'AUTH_AUDIENCE is not set; it takes the ids of the app clients whose tokens AUTH_ISSUER gives and this API accepts, separated by commas' })
})

test('a wrong secret is reported without the secret', async (t) => {
  t.throws(() => loadConfig({ PAGE_TOKEN_SECRET: 'hunter2' }), { message: 'PAGE_TOKEN_SECRET is set, but invalid; it takes a secret of 16 characters or more' })
})
