import type { Embedding } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('embeddings: all vectors of a model have one dimension', {
  seed: '003',
  pattern: 'store an embedding',
  async run ({ caller, given, expectCalls, check }) {
    const { api } = await caller()
    const model = given.userId()
    const put = (product: string, vector: number[]) => api.put<Embedding>(`/api/embeddings/${model}-${product}`, { model_version: model, embedding_vector: vector })

    const first = await put('a', [0.25, -0.5, 1])
    const second = await put('b', [1, 2, 3])

    check.status(first, 200)
    check.match(first.body.data, { embedding_vector: [0.25, -0.5, 1], vector_dimension: 3 }, 'it is stored as it was sent')
    check.status(await put('c', [1, 2]), 400)
    const dimension = { service: 'dynamodb', operation: 'GetItem', table: 'embeddings', readUnits: 0.5 } as const
    await expectCalls(first, [
      dimension,
      { service: 'dynamodb', operation: 'Query', table: 'embeddings', index: 'ModelVersionIndex', readUnits: 0.5 },
      { service: 'dynamodb', operation: 'UpdateItem', table: 'embeddings', writeUnits: 1 },
      { service: 'dynamodb', operation: 'PutItem', table: 'embeddings', writeUnits: writeUnits(first.body.data) * 2 },
    ])
    await expectCalls(second, [dimension, { service: 'dynamodb', operation: 'PutItem', table: 'embeddings', writeUnits: writeUnits(second.body.data) * 2 }])
  },
})
