import type { DynamodbOperation } from '../operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html
// The quotas that AWS gives a new account in us-east-1.
export const describeLimits: DynamodbOperation = {
  types: {},
  run: () => ({
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  }),
}
