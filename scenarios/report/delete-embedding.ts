import type { Embedding } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { writeUnits } from '../kit/units.ts'

export default scenario('embeddings: an embedding is deleted in one conditional write', {
  seed: '003',
  pattern: 'delete an embedding',
  async run ({ caller, given, expectCalls, check }) {
    const { api } = await caller()
    const model = given.userId()
    const path = `/api/embeddings/${model}-a`
    const { body: { data: embedding } } = await api.put<Embedding>(path, { model_version: model, embedding_vector: [1, 2, 3] })

    const response = await api.delete(path)

    check.status(response, 200)
    await expectCalls(response, [{ service: 'dynamodb', operation: 'DeleteItem', table: 'embeddings', writeUnits: writeUnits(embedding) * 2 }])
    check.status(await api.delete(path), 404)
  },
})
