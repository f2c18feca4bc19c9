import { ApiClient } from '../scenarios/kit/api-client.ts'
import type { Tables } from '../scenarios/kit/expected-calls.ts'
import { chatRoutes } from './chat-routes.ts'
import { startChild, type Child } from './child.ts'
import { faceRoutes } from './face-routes.ts'
import { historyRoutes } from './history-routes.ts'
import { reportRoutes } from './report-routes.ts'
import type { BenchRoute } from './route.ts'
import { Seed } from './seed.ts'

/** A server under test, with the routes that are measured on it and their data. */
export interface Stage {
  server: Child
  api: ApiClient
  routes: BenchRoute[]
  close (): Promise<void>
}

/**
 * Which routes are measured under which settings: each feature on its own server, so that the data of one does not slow down
 * another.
 */
const STAGES: readonly { settings: Readonly<Record<string, string>>, routes: (seed: Seed) => Promise<BenchRoute[]> }[] = [
  { settings: {}, routes: faceRoutes },
  { settings: {}, routes: chatRoutes },
  { settings: {}, routes: reportRoutes },
  { settings: { FACE_DESIGN: 'history' }, routes: historyRoutes },
]

export interface StageOptions {
  /** Of the servers under test, by the names of the environment variables. */
  settings: Readonly<Record<string, string>>
  tables: Tables
  onProgress: (what: string) => void
}

/** Starts a server for each set of settings, and makes its data. */
export async function openStages ({ settings, tables, onProgress }: StageOptions): Promise<Stage[]> {
  const stages: Stage[] = []
  try {
    for (const one of STAGES) {
      onProgress('starting the API and its emulator')
      const server = await startChild({ kind: 'api', settings: { ...settings, ...one.settings } })
      const api = new ApiClient({ baseUrl: server.url })
      const seed = new Seed({ api, emulatorUrl: server.emulatorUrl!, tables }) // the API's process has one
      const stage: Stage = {
        server,
        api,
        routes: [],
        async close () {
          seed.close()
          await server.close()
        },
      }
      stages.push(stage)
      onProgress('making data')
      stage.routes = await one.routes(seed)
    }
    return stages
  } catch (error) {
    await closeAll(stages)
    throw error
  }
}

export const closeAll = (stages: readonly Stage[]) => Promise.all(stages.map((stage) => stage.close()))
