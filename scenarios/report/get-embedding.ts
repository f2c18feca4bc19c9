import type { Embedding } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

const DIMENSION = 4096

export default scenario('embeddings: the largest vector is read by its key', {
  seed: '003',
  pattern: 'one embedding',
  async run ({ caller, given, expectCalls, check }) {
    const { api } = await caller()
    const model = given.userId()
    const path = `/api/embeddings/${model}-large`
    const vector = Array.from({ length: DIMENSION }, (_, index) => (index % 1000 - 500) / 512)
    await api.put(path, { model_version: model, embedding_vector: vector })

    const response = await api.get<Embedding>(path)

    check.status(response, 200)
    check.equal(response.body.data.vector_dimension, DIMENSION, 'all of it is there')
    check.equal(response.body.data.embedding_vector, vector, 'as it was sent')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'embeddings', readUnits: readUnits([response.body.data]) }])
    check.status(await api.get(`/api/embeddings/${model}-nothing`), 404)
  },
})
