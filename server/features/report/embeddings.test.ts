import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import sharp from 'sharp'
import { createObjectStore } from '../../aws/object-store.ts'
import type { Embedding, MatrixKeys, Similar } from './schemas.ts'
import { onBothStores } from './test-support/report-app.ts'

interface EmbeddingPage { count: number, data: Embedding[], lastEvaluatedKey: string | null }

onBothStores('embeddings', async (t, api) => {
  const ada = api.as('ada')
  const table = api.config.report.tables.embeddings
  const put = (id: string, model: string, vector: readonly number[]) => ada<Embedding>(`PUT /api/embeddings/${id}`, { body: { model_version: model, embedding_vector: vector } })

  t.test('an embedding is stored, read, replaced and deleted, with any valid token', async (t) => {
    const stored = await put('p-1', 'first', [0.25, -0.5, 1])
    t.strictSame(stored.body.data, { product_id: 'p-1', model_version: 'first', embedding_vector: [0.25, -0.5, 1], vector_dimension: 3, created_at: '2026-03-01T12:00:00.000Z' })
    t.strictSame(api.callsOf(stored), ['GetItem 0.5', 'Query 0.5', 'UpdateItem 1', 'PutItem 2'], 'the first of a model also sets its dimension')
    const read = await api.as('bob')('GET /embeddings/p-1')
    t.strictSame([read.body.data, api.callsOf(read)], [stored.body.data, ['GetItem 0.5']])
    const replaced = await put('p-1', 'first', [1, 2, 3])
    t.strictSame([replaced.body.data.embedding_vector, api.callsOf(replaced)], [[1, 2, 3], ['GetItem 0.5', 'PutItem 2']])
    const deleted = await ada('DELETE /api/embeddings/p-1')
    t.strictSame([deleted.body.data, api.callsOf(deleted)], [{ product_id: 'p-1' }, ['DeleteItem 2']])
    for (const line of ['GET /api/embeddings/p-1', 'DELETE /api/embeddings/p-1', 'GET /api/embeddings/p-1/similar']) t.match((await ada(line)).body, { statusCode: 404, code: 'EMBEDDING_NOT_FOUND' }, line)
    for (const line of ['GET', 'DELETE']) t.equal((await ada(`${line} /api/embeddings/model%1Ffirst`)).status, 400, 'what holds the dimension cannot be reached')
  })

  t.test('the largest vector is returned unchanged, to 38 digits', async (t) => {
    const digits = '12345678912345678912345678912345678912'
    const vector = Array.from({ length: 4096 }, (_, index) => `${index % 2 ? '-' : ''}0.${digits.slice(index % 38)}${digits.slice(0, index % 38)}`)
    const stored = await ada('PUT /api/embeddings/large', { body: `{"model_version":"large","embedding_vector":[${vector.join()}]}` })
    t.equal(stored.status, 200)
    t.strictSame(api.callsOf(stored).at(-1), 'PutItem 174', 'of 87 KB, in the table and in its index')
    const read = await ada('GET /api/embeddings/large')
    t.match(read.exact, { data: { vector_dimension: '4096', embedding_vector: vector } })

    for (const [body, path] of [
      ['{"model_version":"m","embedding_vector":[]}', 'body.embedding_vector'],
      [`{"model_version":"m","embedding_vector":[${Array(4097).fill(1).join()}]}`, 'body.embedding_vector'],
      [`{"model_version":"m","embedding_vector":[0,1.${digits}]}`, 'body.embedding_vector.1'],
      ['{"model_version":"m","embedding_vector":[1e999]}', 'body.embedding_vector.0'],
      ['{"model_version":"m","embedding_vector":[1e-131]}', 'body.embedding_vector.0'],
      ['{"model_version":"m","embedding_vector":["1"]}', 'body.embedding_vector.0'],
      ['{"model_version":"m","embedding_vector":[null]}', 'body.embedding_vector.0'],
      ['{"model_version":"m\\u0000","embedding_vector":[1]}', 'body.model_version'],
      [`{"model_version":"${'m'.repeat(257)}","embedding_vector":[1]}`, 'body.model_version'],
      ['{"embedding_vector":[1]}', 'body.model_version'],
    ] as const) t.equal((await ada('PUT /api/embeddings/bad', { body })).body.details?.[0]?.path, path, body.slice(0, 60))
  })

  t.test('all vectors of a model have one dimension, even if the first ones arrive together', async (t) => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => put(`race-${index}`, 'race', Array<number>(2 + index % 2).fill(1))))
    const { data } = (await ada<EmbeddingPage>('GET /api/embeddings?model_version=race')).body.data
    t.equal(new Set(data.map(({ vector_dimension: dimension }) => dimension)).size, 1)
    t.equal(data.length, answers.filter(({ status }) => status === 200).length)
    const refused = answers.find(({ status }) => status !== 200)!
    t.match(refused.body, { statusCode: 400, code: 'DIMENSION_DIFFERS', message: /^The vector has \d numbers; the vectors of model race have \d$/ })
    for (const { product_id: id } of data) await ada(`DELETE /api/embeddings/${id}`)
    t.equal((await put('alone', 'race', [1, 2, 3, 4])).status, 400, 'whoever settled it may still be about to store it')
    await api.clock.advance(60_000)
    t.equal((await put('alone', 'race', [1, 2, 3, 4])).status, 200, 'when the others are gone, another dimension may come')
    await api.clock.advance(60_000)
    t.equal((await put('alone', 'race', [1, 2])).status, 200, 'also in the place of the only one')
    t.equal((await put('second', 'race', [1, 2, 3, 4])).status, 400)
  })

  t.test('ids of products and models may have any characters', async (t) => {
    const model = 'sentence-transformers/all-MiniLM-L6-v2'
    const ids = ['SKU/1', 'SKU%2F1', 'two words', '#1', '100%', 'a/../b', 'model#race', `model#${model}`, '\u{1F600}'.repeat(256), 'x'.repeat(256)]
    for (const [index, id] of ids.entries()) {
      t.match((await put(encodeURIComponent(id), model, [index, 1])).body.data, { product_id: id, model_version: model }, id.slice(0, 50))
    }
    for (const [index, id] of ids.entries()) {
      t.match((await ada<Embedding>(`GET /api/embeddings/${encodeURIComponent(id)}`)).body.data, { product_id: id, embedding_vector: [index, 1] }, 'each is its own')
    }
    t.equal((await put('bad', model, [1])).status, 400, 'none of them is what holds the dimension')
    const { data } = (await ada<EmbeddingPage>(`GET /api/embeddings?model_version=${encodeURIComponent(model)}`)).body.data
    t.equal(data.length, ids.length)
    t.equal((await ada<Similar>('GET /api/embeddings/SKU%2F1/similar')).body.data.compared, ids.length - 1)
    const { matrix_key: key } = (await ada<MatrixKeys>('POST /api/embeddings/similarity-matrix', { body: { model_version: model } })).body.data
    t.equal(key, 'similarity/sentence-transformers%2Fall-MiniLM-L6-v2.json')
    t.ok(await createObjectStore(api.aws.s3, api.config.aws.bucket).exists(key))
    for (const id of ids) t.equal((await ada(`DELETE /api/embeddings/${encodeURIComponent(id)}`)).status, 200)
  })

  t.test('the embeddings of a model are listed in pages', async (t) => {
    for (let index = 0; index < 5; index++) {
      await api.clock.advance(1000)
      await put(`page-${index}`, 'paged', [index, 1])
    }
    const first = await ada<EmbeddingPage>('GET /api/embeddings?model_version=paged&limit=3')
    const token = first.body.data.lastEvaluatedKey!
    const second = await ada<EmbeddingPage>(`GET /api/embeddings?model_version=paged&limit=3&lastEvaluatedKey=${token}`)
    t.strictSame([...first.body.data.data, ...second.body.data.data].map(({ product_id: id }) => id), [0, 1, 2, 3, 4].map((index) => `page-${index}`))
    t.strictSame([api.callsOf(first), api.callsOf(second), second.body.data.lastEvaluatedKey], [['Query 0.5'], ['Query 0.5'], null])
    t.equal((await ada(`GET /api/embeddings?model_version=race&lastEvaluatedKey=${token}`)).body.code, 'INVALID_PAGE_TOKEN')
    t.equal((await ada('GET /api/embeddings')).body.details?.[0]?.path, 'query.model_version')
  })

  t.test('similar products are found by the cosine of their vectors', async (t) => {
    const vectors = { origin: [1, 0], same: [5, 0], near: [1, 0.1], right: [0, 1], opposite: [-2, 0], zero: [0, 0] }
    for (const [id, vector] of Object.entries(vectors)) await put(id, 'plane', vector)
    const told = await ada<Similar>('GET /api/embeddings/origin/similar')
    t.strictSame(told.body.data, {
      product_id: 'origin',
      model_version: 'plane',
      compared: 5,
      similar: [
        { product_id: 'same', similarity: 1 }, { product_id: 'near', similarity: 1 / Math.sqrt(1.01) },
        ...told.body.data.similar.slice(2, 4), { product_id: 'opposite', similarity: -1 },
      ],
    })
    t.strictSame(told.body.data.similar.slice(2, 4).map(({ product_id: id, similarity }) => [id, similarity]).sort(), [['right', 0], ['zero', 0]])
    t.strictSame(api.callsOf(told), ['GetItem 0.5', 'Query 0.5'])
    t.strictSame((await ada<Similar>('GET /api/embeddings/origin/similar?k=1')).body.data.similar, [{ product_id: 'same', similarity: 1 }])
    for (const k of ['0', '101', 'x']) t.equal((await ada(`GET /api/embeddings/origin/similar?k=${k}`)).status, 400, `k=${k}`)
  })

  t.test('the matrix of a model is written as JSON and as a heat map', async (t) => {
    const told = await ada<MatrixKeys>('POST /api/embeddings/similarity-matrix', { body: { model_version: 'plane' } })
    t.strictSame(told.body.data, { model_version: 'plane', count: 6, bucket: 'sandtable', matrix_key: 'similarity/plane.json', heat_map_key: 'similarity/plane.png' })
    t.strictSame(api.callsOf(told).sort(), ['PutObject', 'PutObject', 'Query 0.5'])
    const objects = createObjectStore(api.aws.s3, api.config.aws.bucket)
    const { body, contentType } = await objects.get('similarity/plane.json')
    t.equal(contentType, 'application/json')
    const { product_ids: ids, matrix, ...about } = JSON.parse(Buffer.from(body).toString()) as { product_ids: string[], matrix: number[][] }
    t.match(about, { model_version: 'plane', created_at: /Z$/ })
    const value = (a: string, b: string) => matrix[ids.indexOf(a)]![ids.indexOf(b)]
    t.strictSame([value('origin', 'same'), value('origin', 'near'), value('near', 'origin'), value('same', 'opposite'), value('right', 'right'), value('zero', 'zero')], [1, 0.995037, 0.995037, -1, 1, 0])

    const image = sharp((await objects.get('similarity/plane.png')).body)
    const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
    t.strictSame([info.width, info.height], [510, 510], 'a square of 85 pixels for each')
    const colour = (row: number, column: number) => [...data.subarray((row * 85 * 510 + column * 85) * 3).subarray(0, 3)]
    t.strictSame([colour(ids.indexOf('origin'), ids.indexOf('same')), colour(ids.indexOf('same'), ids.indexOf('opposite'))], [[103, 0, 31], [5, 48, 97]], 'red is alike, blue opposite')

    t.match((await ada('POST /api/embeddings/similarity-matrix', { body: { model_version: 'none' } })).body, { statusCode: 404, code: 'MODEL_NOT_FOUND' })
    if (api.config.store === 'embedded') {
      const many = Array.from({ length: 1001 }, (_, index) => ({ product_id: `many-${index}`, model_version: 'many', embedding_vector: [1], vector_dimension: 1, created_at: '2026-03-01T12:00:00.000Z' }))
      while (many.length > 0) await api.aws.documents.send(new BatchWriteCommand({ RequestItems: { [table]: many.splice(0, 25).map((Item) => ({ PutRequest: { Item } })) } }))
      t.match((await ada('POST /api/embeddings/similarity-matrix', { body: { model_version: 'many' } })).body, { statusCode: 413, code: 'MODEL_TOO_LARGE' })
      api.checkDocs(t)
    }
  })
})
