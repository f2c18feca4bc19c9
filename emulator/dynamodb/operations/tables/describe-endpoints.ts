import type { DynamodbOperation } from '../../operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeEndpoints.html
// Returns AWS's own address, as AWS does. No SDK uses it if it has been given an endpoint.
export const describeEndpoints: DynamodbOperation = {
  types: {},
  run: (_input, { region }) => ({ Endpoints: [{ Address: `dynamodb.${region}.amazonaws.com`, CachePeriodInMinutes: 1440 }] }),
}
