import type { Embedding, Report } from '../server/features/report/schemas.ts'
import type { LoadRequest } from './load.ts'
import type { BenchRoute, Target } from './route.ts'
import type { Seed } from './seed.ts'

// Seed 003: 2-5 ms and 10 ms at worst for a write, 1-3 ms for a key, 3-8 ms for an index.
const WRITE: Target = { name: 'report write (p50 in 5.00)', p99Ms: 10, p50Ms: 5 }
const GET: Target = { name: 'report get', p99Ms: 3 }
const QUERY: Target = { name: 'report index query', p99Ms: 8 }

const REPORTS = 200
const PAGE = 100
const EMBEDDINGS = 64
/** Of a model as they are in use; its numbers have 17 digits, as those of most clients. */
const DIMENSION = 512
const MODEL = 'bench-v1'

/** The routes of users, reports and embeddings, on data of their own: a user with two pages of reports, a model with a page of embeddings. */
export async function reportRoutes (seed: Seed): Promise<BenchRoute[]> {
  const { api, headers } = await seed.caller()
  const content = { title: 'Test Report', author: 'Ada Lovelace', date: '2026-03-01', reference: 'K9-17', favorites: ['p-1', 'p-2'] }
  const reports = await Promise.all(Array.from({ length: REPORTS }, () => api.post<Report>('/api/reports', content)))
  await api.put('/api/users/me', { name: 'Ada Lovelace', preferences: { theme: 'dark', columns: ['title', 'date'] } })
  const vector = Array.from({ length: DIMENSION }, (_, index) => Math.sin(index + 1))
  const embeddings = Array.from({ length: EMBEDDINGS }, (_, index) => `bench-p-${index}`)
  for (const id of embeddings) await api.put<Embedding>(`/api/embeddings/${id}`, { model_version: MODEL, embedding_vector: vector })

  const send = (method: LoadRequest['method'], path: string, body?: object): LoadRequest => ({ method, path, headers, ...body && { body: JSON.stringify(body) } })
  const paths = reports.map(({ body }) => `/api/reports/${body.data.id}`)

  return [
    {
      name: 'reports: create',
      method: 'POST',
      url: '/api/reports',
      status: 201,
      target: WRITE,
      async prepare () { return [send(this.method, this.url, content)] },
    },
    {
      name: 'reports: replace',
      method: 'PUT',
      url: '/api/reports/:id',
      status: 200,
      target: WRITE,
      async prepare () { return paths.map((path) => send(this.method, path, content)) },
    },
    {
      name: 'reports: one',
      method: 'GET',
      url: '/api/reports/:id',
      status: 200,
      target: GET,
      async prepare () { return paths.map((path) => send(this.method, path)) },
    },
    {
      name: 'reports: mine, 100 a page',
      method: 'GET',
      url: '/api/reports',
      status: 200,
      target: QUERY,
      async prepare () { return [send(this.method, `${this.url}?limit=${PAGE}`)] },
    },
    {
      name: 'users: my profile',
      method: 'GET',
      url: '/api/users/me',
      status: 200,
      target: GET,
      async prepare () { return [send(this.method, this.url)] },
    },
    {
      name: 'embeddings: store, 512 numbers',
      method: 'PUT',
      url: '/api/embeddings/:productId',
      status: 200,
      target: WRITE,
      async prepare () { return embeddings.map((id) => send(this.method, `/api/embeddings/${id}`, { model_version: MODEL, embedding_vector: vector })) },
    },
    {
      name: 'embeddings: one, 512 numbers',
      method: 'GET',
      url: '/api/embeddings/:productId',
      status: 200,
      target: GET,
      async prepare () { return embeddings.map((id) => send(this.method, `/api/embeddings/${id}`)) },
    },
    {
      name: 'embeddings: of a model, 10 a page',
      method: 'GET',
      url: '/api/embeddings',
      status: 200,
      target: QUERY,
      async prepare () { return [send(this.method, `${this.url}?model_version=${MODEL}&limit=10`)] },
    },
  ]
}
