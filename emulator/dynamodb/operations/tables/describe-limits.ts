import type { DynamodbOperation } from '../../operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html
export const describeLimits: DynamodbOperation = {
  types: {},
  run: (_input, { limits }) => ({
    AccountMaxReadCapacityUnits: limits.accountUnits,
    AccountMaxWriteCapacityUnits: limits.accountUnits,
    TableMaxReadCapacityUnits: limits.tableUnits,
    TableMaxWriteCapacityUnits: limits.tableUnits,
  }),
}
