import { Type } from 'typebox'
import { accountRoutes } from './accounts.ts'
import { activityRoutes } from './activity.ts'
import { alarmRoutes } from './alarms.ts'
import { apiRoutes } from './api.ts'
import { clockRoutes } from './clock.ts'
import { faultRoutes } from './faults.ts'
import { costRoutes } from './cost.ts'
import { functionRoutes } from './functions.ts'
import { iamRoutes } from './iam.ts'
import { describeRoutes } from './openapi.ts'
import { rekognitionRoutes } from './rekognition.ts'
import { replicationRoutes } from './replication.ts'
import { resetRoutes } from './reset.ts'
import { members, route, type ControlRoute } from './route.ts'
import { seedRoutes } from './seed.ts'
import { snapshotRoutes } from './snapshots.ts'
import { throughputRoutes } from './throughput.ts'
import { tokenRoutes } from './tokens.ts'
import { traceRoutes } from './trace.ts'
import { triggerRoutes } from './triggers.ts'

const HealthSchema = members({ status: Type.Union([Type.Literal('ok'), Type.Literal('full')], { description: 'full: the disk of the data directory is full; reads work' }) })

const IndexSchema = members({
  name: Type.Literal('sandtable'),
  services: Type.Array(Type.String()),
  openapi: Type.String({ description: 'the path of the description of this API' }),
  routes: Type.Array(members({ method: Type.String(), path: Type.String(), summary: Type.String() })),
})

/** All routes of the control API, in the order of its description. */
export function createRoutes (): ControlRoute[] {
  const routes: ControlRoute[] = [
    route({
      method: 'GET',
      path: '',
      summary: 'What there is',
      answer: IndexSchema,
      run: ({ serviceNames }) => ({
        name: 'sandtable',
        services: serviceNames,
        openapi: '/_sandtable/openapi.json',
        routes: routes.map(({ method, path, summary }) => ({ method, path: `/_sandtable${path}`, summary })),
      }),
    }),
    route({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This API in OpenAPI 3.1',
      answer: Type.Object({}, { description: 'an OpenAPI document' }),
      run: () => describeRoutes(routes),
    }),
    route({ method: 'GET', path: '/health', summary: 'Whether the emulator works', answer: HealthSchema, run: (emulator) => emulator.health() }),
    ...accountRoutes,
    ...clockRoutes,
    ...resetRoutes,
    ...seedRoutes,
    ...snapshotRoutes,
    ...faultRoutes,
    ...traceRoutes,
    ...activityRoutes,
    ...rekognitionRoutes,
    ...tokenRoutes,
    ...iamRoutes,
    ...triggerRoutes,
    ...functionRoutes,
    ...alarmRoutes,
    ...throughputRoutes,
    ...apiRoutes,
    ...replicationRoutes,
    ...costRoutes,
  ]
  return routes
}
