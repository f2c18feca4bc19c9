import { CreateAccessKeyCommand, AttachUserPolicyCommand, CreatePolicyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { test, type Test } from 'tap'
import { startEmulator, type Emulator, type TracedCall } from '../emulator/index.ts'
import { leastPrivilege } from '../emulator/iam/least-privilege.ts'
import type { PolicyDocument } from '../emulator/iam/evaluator/policy-document.ts'
import { loadScenarios } from '../scenarios/kit/catalogue.ts'
import { runScenarios, type Kit, type ScenarioResult } from '../scenarios/kit/runner.ts'
import { createAwsClients, type AwsCredentials } from '../server/aws/clients.ts'
import { createObjectStore } from '../server/aws/object-store.ts'
import { createTables } from '../server/aws/tables.ts'
import { loadConfig } from '../server/config.ts'
import { startServer, type RunningServer } from '../server/server.ts'
import { allTables, tableNames } from '../server/tables.ts'

/** Every fourth scenario and those of images, which reach all features; `LEAST_PRIVILEGE=all` replays all of them. */
const SHARE = process.env.LEAST_PRIVILEGE === 'all' ? 1 : 4

/** The deletion of expired images is the work of no request; all that it needs is needed by requests of images too. */
const ALWAYS = 'image/'

const ROOT: AwsCredentials = { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }

/** An API over the wire, with a key of its own, on an emulator that enforces policies. */
interface Checked { emulator: Emulator, server: RunningServer, kit: Kit }

async function startChecked (settings: Readonly<Record<string, string>>, credentialsOf: (emulator: Emulator) => Promise<AwsCredentials>, onClose: (emulator: Emulator) => void = () => {}): Promise<Checked> {
  const emulator = await startEmulator({ iam: true, traceSize: 100_000 })
  const config = loadConfig({ MAX_EVENT_LOOP_DELAY: '10m', LOG_LEVEL: 'silent', PORT: '0', STORE: 'dynamodb', AWS_ENDPOINT_URL: emulator.url, ...settings })
  const own = emulator.clients()
  await createTables(own.dynamodb, allTables(config))
  await createObjectStore(own.s3, config.aws.bucket).ensureBucket()
  const aws = createAwsClients(config.aws, await credentialsOf(emulator))
  const server = await startServer({ config, aws, clock: emulator.clock, localIssuer: emulator.tokens })
  const { token } = await emulator.tokens.issue({ sub: 'scenarios', groups: ['admin'], ttl: '366d' })
  async function close (): Promise<void> {
    onClose(emulator)
    await server.close()
    aws.destroy()
    own.destroy()
    await emulator.close()
  }
  return { emulator, server, kit: { apiUrl: server.url, emulatorUrl: emulator.url, token, close } }
}

/** The key of a new user with a policy. */
async function userWith (emulator: Emulator, policy: PolicyDocument): Promise<AwsCredentials> {
  const iam = new IAMClient({ region: 'us-east-1', endpoint: emulator.url, credentials: ROOT })
  await iam.send(new CreateUserCommand({ UserName: 'api' }))
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'api', PolicyDocument: JSON.stringify(policy) }))
  await iam.send(new AttachUserPolicyCommand({ UserName: 'api', PolicyArn: Policy!.Arn }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'api' }))
  iam.destroy()
  return { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! }
}

async function runAll (credentialsOf: (emulator: Emulator) => Promise<AwsCredentials>): Promise<{ results: ScenarioResult[], calls: TracedCall[] }> {
  const calls: TracedCall[] = []
  // What the API called, and not what a scenario or an operator did.
  const keep = (emulator: Emulator) => { for (const call of emulator.trace.query()) if (call.causedBy !== undefined) calls.push(call) }
  const start = async (settings: Readonly<Record<string, string>>) => (await startChecked(settings, credentialsOf, keep)).kit
  const kit = await start({})
  const scenarios = (await loadScenarios()).filter(({ name }) => !name.startsWith('operations/')).filter(({ name }, index) => index % SHARE === 0 || name.startsWith(ALWAYS))
  const results = await runScenarios({ scenarios, target: kit, startKit: start, tables: tableNames(loadConfig({})), jobs: 4, seed: 7 })
  await kit.close()
  return { results, calls }
}

function checkPassed (t: Test, results: readonly ScenarioResult[]): void {
  for (const { name, outcome, reason, checks } of results) t.equal(outcome, 'passed', name, { reason, checks: checks.filter((one) => one.outcome !== 'passed') })
}

test('the API works with exactly the rights that its trace shows, and without one of them it says which', { timeout: 600_000 }, async (t) => {
  const { results, calls } = await runAll(async () => ROOT)
  checkPassed(t, results)
  const policy = leastPrivilege(calls)
  t.comment(JSON.stringify(policy))

  await t.test('all scenarios pass under the smallest policy', async (t) => {
    const { results } = await runAll((emulator) => userWith(emulator, policy))
    checkPassed(t, results)
  })

  await t.test('without one action the API answers 503 and logs action and resource, and is not ready', async (t) => {
    const narrower = leastPrivilege(calls.map(({ access = [] }) => ({ access: access.filter(({ action }) => action !== 'dynamodb:GetItem') })))
    const lines: string[] = []
    const { kit } = await startLogged(t, narrower, lines)
    const response = await fetch(`${kit.apiUrl}/api/registrations/nobody/face`, { headers: { authorization: `Bearer ${kit.token}` } })
    t.equal(response.status, 503, await response.text())
    t.match(lines.join('\n'), /is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table\/face-verifications/)
  })

  await t.test('a key without any right: /ready says that access is denied', async (t) => {
    const { kit } = await startLogged(t, { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }, [])
    const ready = await fetch(`${kit.apiUrl}/ready`)
    t.equal(ready.status, 503)
    t.match(await ready.text(), /access denied/)
  })
})

/** An API whose log lines are kept. */
async function startLogged (t: Test, policy: PolicyDocument, lines: string[]): Promise<{ kit: Kit }> {
  const emulator = await startEmulator({ iam: true })
  const config = loadConfig({ LOG_LEVEL: 'info', PORT: '0', STORE: 'dynamodb', AWS_ENDPOINT_URL: emulator.url })
  const own = emulator.clients()
  await createTables(own.dynamodb, allTables(config))
  const aws = createAwsClients(config.aws, await userWith(emulator, policy))
  const server = await startServer({ config, aws, clock: emulator.clock, localIssuer: emulator.tokens, logger: { stream: { write: (line: string) => { lines.push(line) } } } })
  const { token } = await emulator.tokens.issue({ sub: 'ann', groups: ['admin'] })
  t.teardown(async () => {
    await server.close()
    aws.destroy()
    own.destroy()
    await emulator.close()
  })
  return { kit: { apiUrl: server.url, token, close: async () => {} } }
}
