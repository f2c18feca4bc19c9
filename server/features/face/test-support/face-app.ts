import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { test, type Test } from 'tap'
import { matchesDocs } from '../../../test-support/contract.ts'
import { testApp, TEST_TIME, type TestApp, type TestAppOptions } from '../../../test-support/app.ts'
import type { FaceRecord, Registration } from '../schemas.ts'
import { HISTORY_DAYS, type StoredValidation } from '../validation-schemas.ts'

/** The API with what the face tests do all the time. */
export interface FaceApp extends TestApp {
  call (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object): Promise<LightMyRequestResponse>
  send (request: InjectOptions & { url: string }): Promise<LightMyRequestResponse>
  /** Holds one of each kind of answer given so far against the documentation. */
  checkDocs (t: Test): void
  /** The AWS calls behind an answer: `GetItem 0.5`, or `DetectFaces`, in order. */
  callsOf (response: LightMyRequestResponse): string[]
  event (capacity: number): Promise<string>
  /** Registers a user, with as many places as are wanted unless an event is named. */
  register (registration: { userId: string, eventId?: string, storedFaceKey?: string }): Promise<Registration>
  /** Puts a face record into the table, as a verification would have. */
  putRecord (record: Partial<FaceRecord> & { userId: string }): Promise<FaceRecord>
  /** Puts a validation into the history, as a verification at its time would have. */
  putValidation (validation: Partial<StoredValidation> & { userId: string, registrationId: string }): Promise<StoredValidation>
}

export async function faceApp (t: Test, options: TestAppOptions): Promise<FaceApp> {
  // A machine that tests on all its processors is late, which is not the matter here.
  const made = await testApp(t, { ...options, config: { MAX_EVENT_LOOP_DELAY: '10m', ...options.config } })
  const { app, aws, config, emulator } = made

  const kinds = new Map<string, LightMyRequestResponse>()

  const faces: FaceApp = {
    ...made,
    call: (method, url, body) => faces.send({ method, url, ...body && { payload: body } }),
    async send (request) {
      const response = await app.inject(request)
      const path = request.url.split('?')[0]!.split('/')
      const { code, message } = response.json<{ code?: string, message: string }>()
      // An id at the end of the path begins as all of its kind do.
      kinds.set([request.method, path.length, path.at(-1)!.slice(0, 4), response.statusCode, code ?? message].join(' '), response)
      return response
    },
    checkDocs (t) {
      for (const response of kinds.values()) matchesDocs(t, app, response)
    },
    callsOf: (response) => emulator.trace.query({ causedBy: String(response.headers['x-request-id']) }).map(({ operation, service, readUnits, writeUnits }) =>
      service === 'dynamodb' ? `${operation} ${readUnits + writeUnits}` : operation),
    async event (capacity) {
      const response = await faces.call('POST', '/api/events', { name: 'Test event', capacity })
      return response.json<{ data: { eventId: string } }>().data.eventId
    },
    async register ({ userId, eventId, storedFaceKey }) {
      const body = { userId, eventId: eventId ?? await faces.event(1), name: `Name of ${userId}`, storedFaceKey }
      const response = await faces.call('POST', '/api/registrations', body)
      if (response.statusCode !== 201) throw new Error(response.body)
      return response.json<{ data: Registration }>().data
    },
    async putRecord (some) {
      const record = sampleRecord(some)
      await aws.documents.send(new PutCommand({ TableName: config.face.tables.faces, Item: record }))
      return record
    },
    async putValidation (some) {
      const { faceVector, ...record } = sampleRecord(some)
      const { timestamp, validationStatus, confidence, quality } = record
      const validation: StoredValidation = {
        eventId: record.metadata.eventId,
        expiresAt: Math.floor(Date.parse(timestamp) / 1000) + HISTORY_DAYS * 86_400,
        attempts: [{ timestamp, validationStatus, confidence, quality }],
        ...record,
        faceVector,
        ...some,
      }
      await aws.documents.send(new PutCommand({ TableName: config.face.tables.history, Item: validation }))
      return validation
    },
  }
  return faces
}

/** A face record like any other, but for some members. */
function sampleRecord (some: Partial<FaceRecord> & { userId: string }): FaceRecord {
  const at = new Date(TEST_TIME).toISOString()
  const { timestamp = at } = some
  return {
    faceId: 'face_1_a',
    name: 'Ada',
    validationStatus: 'success',
    confidence: 95.5,
    quality: 'HIGH',
    faceImageKey: 'new.jpg',
    storedFaceKey: 'stored.jpg',
    faceVector: [0.25, 0.5],
    comparisonResult: { similarity: 0.955, isMatch: true },
    attributes: { age: 30, gender: 'Female', emotions: { happy: 0.8 } },
    timestamp,
    createdAt: timestamp,
    updatedAt: timestamp,
    metadata: { source: 'face-verification-api', ipAddress: '127.0.0.1', eventId: 'event456' },
    ...some,
  }
}

/** Runs the same test on the embedded store and over the wire, one after the other. */
export function onBothStores (title: string, body: (t: Test, start: (options?: TestAppOptions) => Promise<FaceApp>) => Promise<void>): void {
  for (const store of ['embedded', 'dynamodb'] as const) {
    void test(`${title} (STORE=${store})`, (t) => body(t, (options) => faceApp(t, { store, ...options })))
  }
}
