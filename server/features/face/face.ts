import type { FaceAnalyser } from '../../aws/face-analyser.ts'
import type { ObjectStore } from '../../aws/object-store.ts'
import type { AwsClients } from '../../aws/clients.ts'
import type { Config } from '../../config.ts'
import type { Clock } from '../../core/clock.ts'
import { designs } from './designs/index.ts'
import { FaceMeasurements } from './measurements.ts'
import { createRegistrationService } from './registration-service.ts'
import { createEvents } from './repositories/events.ts'
import { createRegistrations } from './repositories/registrations.ts'
import { createVerification } from './verification-service.ts'

export interface FaceOptions {
  config: Config['face']
  aws: Pick<AwsClients, 'documents'>
  clock: Clock
  objects: ObjectStore
  faces: FaceAnalyser
}

/** Everything of the feature that is not HTTP, wired together. */
export function createFace ({ config, aws, clock, objects, faces }: FaceOptions) {
  const { tables, matchThreshold } = config
  const measurements = new FaceMeasurements()
  const store = { documents: aws.documents, measurements }
  const events = createEvents(store, tables.events)
  const registrations = createRegistrations(store, tables.registrations)
  const design = designs[config.design]({ config, store, events, registrations, measurements, clock })
  return {
    clock,
    measurements,
    store,
    events,
    registrations,
    design,
    registrationService: createRegistrationService({ store, events, registrations, faces, objects, clock }),
    verification: createVerification({ design, registrations, faces, objects, measurements, clock, matchThreshold }),
  }
}

export type Face = ReturnType<typeof createFace>
