import { BadArrangement } from '../rekognition/index.ts'
import { ControlError, type ControlRoute } from './route.ts'

const path = '/rekognition/faces'

/** Arrange, list and clear; what an arrangement may say is in Rekognition's `arrangement.ts`. */
export const rekognitionRoutes: ControlRoute[] = [
  {
    method: 'PUT',
    path,
    summary: 'Arranges what Rekognition sees: {"sha256"} or {"bucket", "key"} with * as wildcard, "account"?, and {"faces"} or {"error"}',
    async run ({ faces }, { body }) {
      try {
        return await faces.arrange(body)
      } catch (error) {
        if (error instanceof BadArrangement) throw new ControlError(400, `The arrangement is not valid: ${error.message}`)
        throw error
      }
    },
  },
  { method: 'GET', path, summary: 'What is arranged, the oldest first', run: ({ faces }) => ({ arranged: faces.list() }) },
  {
    method: 'DELETE',
    path,
    summary: 'Drops what is arranged; ?account= only what is for that account',
    run: ({ faces }, { query }) => ({ cleared: faces.clear(query.get('account') ?? undefined) }),
  },
]
