// The image, from outside. Run by `npm run test:container`, for it takes a Docker engine, and a minute or two.
// NODE_IMAGE and BUILD_NETWORK mean what they mean in compose.yaml.
import { readFile } from 'node:fs/promises'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { test, type Test } from 'tap'
import { ImageName, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers'
import { ApiClient } from '../scenarios/kit/api-client.ts'
import { loadScenarios } from '../scenarios/kit/catalogue.ts'
import { runScenarios } from '../scenarios/kit/runner.ts'
import { loadConfig } from '../server/config.ts'
import { tableNames } from '../server/tables.ts'
import type { Event, FaceRecord, Registration } from '../server/features/face/schemas.ts'
import { API_PORT, EMULATOR_PORT, NODE_IMAGE, ROOT, buildImage, checkHealth, startContainer } from './test-support/image.ts'

const MOST_BYTES_OVER_BASE = 150e6
const STOP_TIMEOUT_MS = 10_000

const engine = await getContainerRuntimeClient().catch(() => undefined)

await test('the image', { skip: engine ? false : 'no Docker engine answers' }, async (t) => {
  const docker = engine! // else it is skipped
  const image = await buildImage(t, docker)

  await t.test('adds at most 150 MB to its base', async (t) => {
    const [own, base] = await Promise.all([image, NODE_IMAGE].map((name) => docker.image.inspect(ImageName.fromString(name))))
    const added = own!.Size - base!.Size
    t.comment(`${Math.round(added / 1e6)} MB`)
    t.ok(added <= MOST_BYTES_OVER_BASE, `adds ${added} bytes`)
  })

  await t.test('says whose it is', async (t) => {
    const { license, description } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as Record<string, string> // strings, these two
    const { Labels } = (await docker.image.inspect(ImageName.fromString(image))).Config
    t.match(Labels, { 'org.opencontainers.image.licenses': license, 'org.opencontainers.image.description': description })
  })

  for (const verb of ['emulator', 'server']) {
    await t.test(`runs the ${verb} alone, and calls it healthy`, async (t) => {
      const container = await startContainer(t, image, (one) => one.withCommand([verb]))
      t.equal((await checkHealth(container)).exitCode, 0)
    })
  }

  await t.test('keeps its state in a volume, of which it is an ordinary user', async (t) => {
    const volume = docker.container.dockerode.getVolume(`sandtable-test-${process.pid}`)
    t.teardown(() => volume.remove())
    const start = () => startContainer(t, image, (one) => one
      .withEnvironment({ SANDTABLE_DATA: '/data' })
      .withBindMounts([{ source: volume.name, target: '/data' }]))
    const apiOf = (container: StartedTestContainer) => new ApiClient({ baseUrl: urlOf(container, API_PORT) })
    const first = await start()
    const event = await apiOf(first).post<Event>('/api/events', { name: 'Kept', capacity: 1 })
    const registration = await apiOf(first).post<Registration>('/api/registrations', { userId: 'kept', eventId: event.body.data.eventId, name: 'Ada' })
    t.equal(registration.status, 201, registration.body.message)
    await docker.container.getById(first.getId()).kill()

    const second = await start()
    const { data } = registration.body
    t.match(await apiOf(second).get<Registration>(`/api/registrations/${data.registrationId}`), { status: 200, body: { data } })
  })

  await t.test('started as it is', async (t) => {
    const container = await startContainer(t, image)
    const apiUrl = urlOf(container, API_PORT)
    const emulatorUrl = urlOf(container, EMULATOR_PORT)

    await t.test('is an ordinary user that can write nowhere but in /tmp', async (t) => {
      const status = await container.exec(['cat', '/proc/1/status'])
      t.match(status.output, /^Uid:\s1000\s1000\s1000\s1000$/m)
      t.match(status.output, /^CapEff:\s0+$/m)
      const write = await container.exec(['sh', '-c', 'for place in / /app /home/node /tmp; do touch "$place/written" 2>/dev/null && echo "$place"; done'])
      t.equal(write.output, '/tmp\n')
    })

    await t.test('has the command for whoever is inside', async (t) => {
      const { output, exitCode } = await container.exec(['sandtable', 'clock', '--json'])
      t.equal(exitCode, 0, output)
      t.match(output, /"frozen": false/)
    })

    await t.test('is ill when one of its two listeners is', async (t) => {
      t.match(await checkHealth(container), { exitCode: 0, output: '' })
      t.match(await checkHealth(container, { PORT: '1' }), { exitCode: 1, output: /^API: http:\/\/127\.0\.0\.1:1\/health: / })
      t.match(await checkHealth(container, { EMULATOR_PORT: '1' }), { exitCode: 1, output: /^emulator: http:\/\/127\.0\.0\.1:1\// })
    })

    await t.test('verifies a face', (t) => verifyFace(t, { apiUrl, emulatorUrl }))

    await t.test('holds every scenario that needs no kit of its own', async (t) => {
      const scenarios = await loadScenarios()
      const results = await runScenarios({ scenarios, target: { apiUrl, emulatorUrl }, tables: tableNames(loadConfig({})), seed: 1 })
      t.ok(results.some(({ outcome }) => outcome === 'passed'))
      for (const { name, outcome, reason, checks } of results) {
        const failed = checks.filter(({ outcome }) => outcome === 'failed')
        if (outcome === 'skipped') t.pass(name, { skip: reason })
        else t.equal(outcome, 'passed', name, { reason, failed })
      }
    })

    await t.test('obeys its stop signal, with exit status 0', async (t) => {
      await container.stop({ remove: false, timeout: STOP_TIMEOUT_MS })
      const { State } = await docker.container.getById(container.getId()).inspect()
      // 137 would be that of a process that had to be killed.
      t.match(State, { Status: 'exited', ExitCode: 0, OOMKilled: false })
    })
  })
})

function urlOf (container: StartedTestContainer, port: number): string {
  return `http://${container.getHost()}:${container.getMappedPort(port)}`
}

async function verifyFace (t: Test, { apiUrl, emulatorUrl }: { apiUrl: string, emulatorUrl: string }): Promise<void> {
  const s3 = new S3Client({
    endpoint: emulatorUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' },
    forcePathStyle: true,
  })
  t.teardown(() => s3.destroy())
  for (const name of ['ada', 'ada-again', 'bob']) {
    const portrait = await readFile(`${ROOT}server/features/face/demo/${name}.jpg`)
    await s3.send(new PutObjectCommand({ Bucket: 'sandtable', Key: `outside/${name}.jpg`, Body: portrait, ContentType: 'image/jpeg' }))
  }

  const api = new ApiClient({ baseUrl: apiUrl })
  const userId = 'outside-ada'
  const event = await api.post<Event>('/api/events', { name: 'From outside', capacity: 1 })
  t.equal(event.status, 201, event.body.message)
  const registered = await api.post<Registration>('/api/registrations', { userId, eventId: event.body.data.eventId, name: 'Ada' })
  t.equal(registered.status, 201, registered.body.message)
  const path = `/api/registrations/${registered.body.data.registrationId}`
  const stored = await api.post<Registration>(`${path}/stored-face`, { faceImageKey: 'outside/ada.jpg' })
  t.equal(stored.status, 200, stored.body.message)

  const validate = (name: string) => api.post(`${path}/validate-face-image`, { faceImageKey: `outside/${name}.jpg` })
  t.match(await validate('bob'), { status: 200, body: { data: { success: false } } })
  t.match(await validate('ada-again'), { status: 201, body: { data: { success: true }, dynamodbStored: true } })
  const record = await api.get<FaceRecord>(`/api/registrations/${userId}/face`)
  t.match(record, { status: 200, body: { data: { userId, validationStatus: 'success', faceImageKey: /outside\/ada-again\.jpg$/ } } })
  t.match(await validate('ada-again'), { status: 409, body: { code: 'FACE_RECORD_EXISTS' } })
  t.equal((await api.delete(`/api/registrations/${userId}/face`)).status, 200)
  t.equal((await validate('ada-again')).status, 201)
}
