// The emulator as other clients than the JavaScript SDK see it: the AWS CLI, and boto3. Run by `npm run test:clients`, for
// each call of the CLI takes most of a second. A client that is not installed is skipped.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { test, type Test } from 'tap'
import type { Emulator } from '../emulator/index.ts'
import { conversations, type ServiceName } from '../emulator/test-support/conversations.ts'
import { converse, prepare, type Caller } from '../emulator/test-support/converse.ts'
import { testEmulator } from '../emulator/test-support/emulator.ts'
import { createTables } from '../server/aws/tables.ts'
import { loadConfig } from '../server/config.ts'
import { reportTables } from '../server/features/report/tables.ts'

const SERVICES = Object.keys(conversations) as ServiceName[] // its own keys

const has = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0

/** Nothing of the user's own settings is read. */
const environmentOf = (emulator: Emulator): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  AWS_ENDPOINT_URL: emulator.url,
  AWS_ACCESS_KEY_ID: 'sandtable',
  AWS_SECRET_ACCESS_KEY: 'sandtable',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
})

/** The AWS CLI, in a directory of its own. */
async function cliOf (t: Test, emulator: Emulator, command = 'aws') {
  const directory = await mkdtemp(join(tmpdir(), 'sandtable-cli-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const aws = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(command, ['--endpoint-url', emulator.url!, ...args], { cwd: directory, env: environmentOf(emulator) })
    return stdout
  }
  /** What it writes about a call that fails. */
  const failure = async (...args: string[]): Promise<string> =>
    aws(...args).then(() => 'it succeeded', ({ stderr }: { stderr: string }) => stderr)
  return { aws, failure, directory }
}

/** `DescribeTable` as the CLI calls it. */
const kebab = (operation: string): string => operation.replace(/V2$/, '-v2').replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()

await test('the AWS CLI', { skip: has('aws', '--version') ? false : 'aws is not installed' }, async (t) => {
  const emulator = await testEmulator(t)
  await prepare(emulator)

  await Promise.all(SERVICES.map((name) => t.test(`calls every operation of ${name}`, async (t) => {
    const { aws, directory } = await cliOf(t, emulator)
    const call: Caller = async (service, operation, input) => {
      // Bytes come from files, and go to files.
      const { Body: body, ...rest } = input as { Body?: string }
      if (operation === 'GetObject') {
        const { Bucket, Key } = rest as Record<string, string> // no more is asked for
        const answer = JSON.parse(await aws('s3api', 'get-object', '--bucket', Bucket!, '--key', Key!, 'read')) as object
        return { ...answer, Body: await readFile(join(directory, 'read'), 'utf8') }
      }
      const args = [service === 's3' ? 's3api' : service, kebab(operation), '--cli-input-json', JSON.stringify(rest)]
      if (body !== undefined) {
        await writeFile(join(directory, 'body'), body)
        args.push('--body', 'body')
      }
      return JSON.parse(await aws(...args) || '{}') as Record<string, unknown>
    }
    await converse(t, name, call)
  })))

  await t.test('copies, lists, synchronizes, presigns and removes by its S3 commands', async (t) => {
    const { aws, directory } = await cliOf(t, emulator)
    const large = 'x'.repeat(9 * 1024 * 1024) // goes up in parts
    await Promise.all([writeFile(join(directory, 'small'), 'small'), writeFile(join(directory, 'large'), large)])
    await aws('s3', 'mb', 's3://cli')
    await aws('s3', 'sync', '.', 's3://cli/here')
    t.match(await aws('s3', 'ls', 's3://cli', '--recursive'), /9437184 here\/large\n.* 5 here\/small/)
    await aws('s3', 'mv', 's3://cli/here/large', 's3://cli/there')
    await aws('s3', 'cp', 's3://cli/there', 'back')
    t.ok(await readFile(join(directory, 'back'), 'utf8') === large)
    const url = (await aws('s3', 'presign', 's3://cli/here/small')).trim()
    t.equal(await (await fetch(url)).text(), 'small')
    await aws('s3', 'rb', 's3://cli', '--force')
    t.notMatch(await aws('s3', 'ls'), / cli\n/)
  })

  await t.test('restores a table by the line of seed 003', async (t) => {
    const emulator = await testEmulator(t, { frozenAt: Date.parse('2025-09-30T09:00:00Z') })
    const { dynamodb, documents } = emulator.clients()
    await createTables(dynamodb, reportTables(loadConfig({}).report))
    const put = (title: string) => documents.send(new PutCommand({ TableName: 'k9-reports-dev', Item: { id: 'r-1', user_id: 'ada', title, created_at: '2025-09-30' } }))
    await put('Good')
    await emulator.clock.advance(90 * 60_000)
    await put('Bad')
    const directory = await mkdtemp(join(tmpdir(), 'sandtable-cli-'))
    t.teardown(() => rm(directory, { recursive: true }))
    // A time without a zone is local time to the CLI.
    const run = async (line: string) => (await promisify(execFile)('bash', ['-c', line], { cwd: directory, env: { ...environmentOf(emulator), TZ: 'UTC' } })).stdout
    await run(`aws dynamodb restore-table-to-point-in-time \\
  --source-table-name k9-reports-dev \\
  --target-table-name k9-reports-restored \\
  --restore-date-time 2025-09-30T10:00:00`)
    t.match(await run('aws dynamodb scan --table-name k9-reports-restored'), /"Count": 1,/)
    t.match(await run('aws dynamodb scan --table-name k9-reports-restored'), /"S": "Good"/)
    await run('aws dynamodb scan --table-name k9-reports-dev > backup.json')
    t.match(await readFile(join(directory, 'backup.json'), 'utf8'), /"S": "Bad"/, 'the table itself is as it was')
    t.match(await run('aws dynamodb scan --table-name k9-reports-dev --select COUNT'), /"Count": 1/)
    t.match(await run('aws dynamodb describe-table --table-name k9-users-dev'), /"TableStatus": "ACTIVE"/)
  })

  await t.test('waits for a table, and tells an error by its name', async (t) => {
    const { aws, failure } = await cliOf(t, emulator)
    await aws('dynamodb', 'create-table', '--table-name', 'waited', '--billing-mode', 'PAY_PER_REQUEST',
      '--attribute-definitions', 'AttributeName=id,AttributeType=S', '--key-schema', 'AttributeName=id,KeyType=HASH')
    await aws('dynamodb', 'wait', 'table-exists', '--table-name', 'waited')
    t.match(await failure('dynamodb', 'describe-table', '--table-name', 'missing'),
      'An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: Requested resource not found: Table: missing not found')
    t.match(await failure('sns', 'list-topics'), /does not emulate the service 'sns'/)
  })
})

/** Debian's AWS CLI speaks AWS Query with CloudWatch. */
const DEBIANS = '/usr/bin/aws'
/** Operations of Application Auto Scaling that are newer than it. */
const NEWER = ['TagResource', 'UntagResource', 'ListTagsForResource']

await test('the AWS CLI 2.9 of Debian', { skip: has(DEBIANS, '--version') ? false : `${DEBIANS} is not installed` }, async (t) => {
  const emulator = await testEmulator(t)
  await prepare(emulator)
  await Promise.all((['cloudwatch', 'application-autoscaling'] as const).map((name) => t.test(`calls every operation of ${name} that it knows`, async (t) => {
    const { aws } = await cliOf(t, emulator, DEBIANS)
    await converse(t, name, async (service, operation, input) =>
      JSON.parse(await aws(service, kebab(operation), '--cli-input-json', JSON.stringify(input)) || '{}') as Record<string, unknown>,
    name === 'application-autoscaling' ? NEWER : [])
  })))
})

await test('boto3', { skip: has('python3', '-c', 'import boto3') ? false : 'boto3 is not installed' }, async (t) => {
  const emulator = await testEmulator(t)
  await prepare(emulator)
  const python = spawn('python3', [join(import.meta.dirname, 'boto3-caller.py'), emulator.url!], { env: environmentOf(emulator), stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: python.stdout })
  t.teardown(async () => {
    python.stdin.end()
    if (python.exitCode === null) await once(python, 'exit')
  })
  const call: Caller = async (...request) => {
    python.stdin.write(`${JSON.stringify(request)}\n`)
    const [line] = await once(lines, 'line') as [string]
    const { answer, error } = JSON.parse(line) as { answer?: Record<string, unknown>, error?: string }
    if (!answer) throw new Error(error)
    return answer
  }
  for (const service of SERVICES) await t.test(`calls every operation of ${service}`, (t) => converse(t, service, call))
})
