import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { AwsClients } from '../aws/clients.ts'
import type { FaceAnalyser } from '../aws/face-analyser.ts'
import type { ObjectStore } from '../aws/object-store.ts'
import type { TableDefinition } from '../aws/tables.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import type { PageTokens } from '../core/page-token.ts'
import { chatFeature } from './chat/index.ts'
import { chatTables } from './chat/tables.ts'
import { faceFeature } from './face/index.ts'
import { faceTables } from './face/tables.ts'
import { reportFeature } from './report/index.ts'
import { reportTables } from './report/tables.ts'
import { imageFeature } from './image/index.ts'
import { imageTables } from './image/tables.ts'

/** What every feature is given. */
export interface Dependencies {
  aws: AwsClients
  clock: Clock
  pageTokens: PageTokens
  objects: ObjectStore
  faces: FaceAnalyser
  /** Registered by a scope whose routes take files. */
  uploads: FastifyPluginAsync
}

/** A part of the API with tables of its own. */
export interface Feature {
  name: string
  /** Whether its routes answer without the prefix `/api` as well. */
  alsoWithoutPrefix?: boolean
  tables (config: Config): TableDefinition[]
  /** Registers the routes in a scope that has the prefix. */
  register (api: FastifyInstance, config: Config, dependencies: Dependencies): Promise<void>
}

/** All features, in the order of the documentation. */
export const features: readonly Feature[] = [
  {
    name: 'face',
    tables: ({ face }) => faceTables(face),
    async register (api, { face }, dependencies) {
      await api.register(faceFeature, { config: face, ...dependencies })
    },
  },
  {
    name: 'chat',
    tables: ({ chat }) => chatTables(chat),
    async register (api, { chat }, dependencies) {
      await api.register(chatFeature, { config: chat, ...dependencies })
    },
  },
  {
    name: 'report',
    alsoWithoutPrefix: true,
    tables: ({ report }) => reportTables(report),
    async register (api, { report }, dependencies) {
      await api.register(reportFeature, { config: report, ...dependencies })
    },
  },
  {
    name: 'image',
    tables: ({ image }) => imageTables(image),
    async register (api, { image, http, store }, dependencies) {
      // The embedded store is in this process, and so no other process is on it.
      await api.register(imageFeature, { config: image, uploadLimit: http.uploadLimit, isAlone: store === 'embedded', ...dependencies })
    },
  },
]
