import { Type } from 'typebox'
import { members, route } from './route.ts'

const ApiSchema = members({
  url: Type.Optional(Type.String({ description: 'where the API listens' })),
  docs: Type.Optional(Type.String({ description: 'the address of its documentation' })),
  routes: Type.Array(members({ method: Type.String(), path: Type.String(), summary: Type.String() })),
})

export const apiRoutes = [
  route({
    method: 'GET',
    path: '/api',
    summary: 'The API that runs in the process of the emulator, and its routes; none when the emulator runs alone',
    answer: ApiSchema,
    run: ({ announced }) => announced?.() ?? { routes: [] },
  }),
]
