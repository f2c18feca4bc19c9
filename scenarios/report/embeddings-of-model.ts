import type { Embedding } from '../../server/features/report/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('embeddings: a page of a model\'s embeddings is one Query', {
  seed: '003',
  pattern: 'embeddings of a model',
  async run ({ caller, given, expectCalls, check }) {
    const { api } = await caller()
    const model = given.userId()
    const ids = [1, 2, 3, 4, 5].map((count) => `${model}-${count}`)
    for (const id of ids) await api.put(`/api/embeddings/${id}`, { model_version: model, embedding_vector: [1, 0] })
    const path = `/api/embeddings?model_version=${model}&limit=3`

    const first = await api.get<Page<Embedding>>(path)
    const second = await api.get<Page<Embedding>>(`${path}&lastEvaluatedKey=${encodeURIComponent(first.body.data.lastEvaluatedKey ?? '')}`)

    check.equal([first.body.data.count, second.body.data.count, second.body.data.lastEvaluatedKey], [3, 2, null], 'five are three and two')
    check.equal([...first.body.data.data, ...second.body.data.data].map(({ product_id: id }) => id).sort(), ids, 'each once')
    for (const page of [first, second]) {
      await expectCalls(page, [{ service: 'dynamodb', operation: 'Query', table: 'embeddings', index: 'ModelVersionIndex', readUnits: readUnits(page.body.data.data) }])
    }
  },
})
