import { Type } from 'typebox'
import { BadSeed } from '../seed/bad-seed.ts'
import { ControlError } from './control-error.ts'
import { members, route } from './route.ts'

const SeedSummarySchema = members({
  folder: Type.String(),
  tables: Type.Integer(),
  items: Type.Integer(),
  buckets: Type.Integer(),
  objects: Type.Integer(),
  faces: Type.Integer({ description: 'arranged answers' }),
  principals: Type.Integer({ description: 'users, groups, roles and policies of IAM' }),
})

export const seedRoutes = [
  route({
    method: 'POST',
    path: '/seed',
    summary: 'Loads the seed folder that the emulator was started with again',
    answer: SeedSummarySchema,
    async run (emulator) {
      try {
        return await emulator.seed()
      } catch (error) {
        if (error instanceof BadSeed) throw new ControlError(400, error.message)
        throw error
      }
    },
  }),
]
