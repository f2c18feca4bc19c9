import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { AwsClients } from '../aws/clients.ts'
import type { FaceAnalyser } from '../aws/face-analyser.ts'
import type { ObjectStore } from '../aws/object-store.ts'
import type { TableDefinition } from '../aws/tables.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../core/clock.ts'
import type { PageTokens } from '../core/page-token.ts'

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
