import type { Embedding, Similar } from '../../server/features/report/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

const VECTORS = { same: [2, 0], near: [1, 0.1], right: [0, 3], opposite: [-1, 0] }

export default scenario('embeddings: similar products are found by the cosine of their vectors', {
  seed: '003',
  pattern: 'similar products',
  async run ({ caller, given, expectCalls, check }) {
    const { api } = await caller()
    const model = given.userId()
    const put = async (product: string, vector: number[]) =>
      (await api.put<Embedding>(`/api/embeddings/${model}-${product}`, { model_version: model, embedding_vector: vector })).body.data
    const origin = await put('origin', [1, 0])
    const stored = [origin]
    for (const [product, vector] of Object.entries(VECTORS)) stored.push(await put(product, vector))

    const response = await api.get<Similar>(`/api/embeddings/${origin.product_id}/similar?k=3`)

    check.status(response, 200)
    check.equal(response.body.data.compared, 4, 'it is compared with all others')
    check.equal(response.body.data.similar.map(({ product_id: id }) => id), ['same', 'near', 'right'].map((product) => `${model}-${product}`), 'the most similar first')
    check.equal(response.body.data.similar[0]?.similarity, 1, 'whatever its length')
    await expectCalls(response, [
      { service: 'dynamodb', operation: 'GetItem', table: 'embeddings', readUnits: readUnits([origin]) },
      { service: 'dynamodb', operation: 'Query', table: 'embeddings', index: 'ModelVersionIndex', readUnits: readUnits(stored) },
    ])
  },
})
