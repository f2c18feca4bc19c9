import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { exactNumbers } from '../../plugins/exact-numbers.ts'
import type { Dependencies } from '../feature.ts'
import { createReport, type ReportOptions } from './report.ts'
import { embeddingRoutes } from './routes/embeddings.ts'
import { reportRoutes } from './routes/reports.ts'
import { similarityRoutes } from './routes/similarity.ts'
import { userRoutes } from './routes/users.ts'

/** The content type that curl gives to what `-d` sends. Another site cannot use it: there is a token in a header. */
const FORM = 'application/x-www-form-urlencoded'

export interface ReportFeatureOptions extends ReportOptions, Pick<Dependencies, 'pageTokens'> {}

/** K9 users, reports and embeddings (seed 003). Every route answers for the user of the token. */
export const reportFeature: FastifyPluginAsyncTypebox<ReportFeatureOptions> = async (api, { pageTokens, ...options }) => {
  const parts = createReport(options)
  await api.register(exactNumbers, { alsoJson: [FORM] })
  await api.register(userRoutes, parts)
  await api.register(reportRoutes, { ...parts, pageTokens })
  await api.register(embeddingRoutes, { ...parts, pageTokens })
  await api.register(similarityRoutes, parts)
}
