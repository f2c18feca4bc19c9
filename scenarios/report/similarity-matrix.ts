import type { Embedding, MatrixKeys } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('embeddings: the matrix of a model is computed from one Query, and written as JSON and PNG', {
  seed: '003',
  pattern: 'similarity matrix',
  async run ({ caller, given, expectCalls, check }) {
    const { api } = await caller()
    const model = given.userId()
    const stored: Embedding[] = []
    for (const [index, vector] of [[1, 0], [1, 1], [0, 1]].entries()) {
      stored.push((await api.put<Embedding>(`/api/embeddings/${model}-${index}`, { model_version: model, embedding_vector: vector })).body.data)
    }

    const response = await api.post<MatrixKeys>('/api/embeddings/similarity-matrix', { model_version: model })

    check.status(response, 200)
    check.match(response.body.data, { count: 3, matrix_key: `similarity/${model}.json`, heat_map_key: `similarity/${model}.png` }, 'the answer says where they are')
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'Query', table: 'embeddings', index: 'ModelVersionIndex', readUnits: readUnits(stored) },
      { service: 's3', operation: 'PutObject' },
      { service: 's3', operation: 'PutObject' },
    ])
    check.status(await api.post('/api/embeddings/similarity-matrix', { model_version: `${model}-none` }), 404)
  },
})
