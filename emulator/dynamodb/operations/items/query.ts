import { shapesOf } from '../../requests/dynalite.ts'
import { queryRules } from '../../requests/item-rules.ts'
import { planQuery, type QueryInput } from '../../requests/query-plan.ts'
import { checkQueryEnums } from '../../requests/write-enums.ts'
import { pageOperation, type PageInput } from './page-operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
export const query = pageOperation<PageInput & QueryInput>({
  // AWS's message for Limit differs from all others: see `item-rules.ts`.
  types: { ...shapesOf('query'), Limit: 'Integer' },
  beforeBounds: checkQueryEnums,
  custom: queryRules,
  plan: planQuery,
})
