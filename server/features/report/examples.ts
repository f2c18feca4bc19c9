import type { Embedding, Report, User } from './schemas.ts'

// What the documentation shows.

const CREATED = '2026-03-01T12:00:00.000Z'

export const USER: User = {
  user_id: 'user123',
  name: 'Ada Lovelace',
  email: 'ada@example.org',
  avatar_url: 'https://example.org/ada.png',
  preferences: { theme: 'dark', columns: ['title', 'date'] },
  created_at: CREATED,
  updated_at: CREATED,
}

export const REPORT: Report = {
  id: '5f0c3a52-8d6e-4b8e-9a51-0d5f6c1f8a77',
  user_id: 'user123',
  title: 'Test Report',
  author: 'Ada Lovelace',
  date: '2026-03-01',
  reference: 'K9-17',
  favorites: ['p-1'],
  version: 1,
  created_at: CREATED,
  updated_at: CREATED,
}

export const EMBEDDING: Embedding = {
  product_id: 'p-1',
  model_version: 'v1',
  embedding_vector: [0.25, -0.5, 1],
  vector_dimension: 3,
  created_at: CREATED,
}

/** A page token, which is opaque. */
export const PAGE_TOKEN = 'eyJpZCI6InJlcG9ydCJ9.4k2mZx8Jv0c3'
