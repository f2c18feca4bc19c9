import { checkStreamArn } from '../find-stream.ts'
import type { StreamsOperation } from '../context.ts'

export interface ListStreamsInput { TableName?: string, Limit?: number, ExclusiveStartStreamArn?: string }

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_ListStreams.html
export const listStreams: StreamsOperation<ListStreamsInput> = {
  types: {
    TableName: { type: 'String', regex: '[a-zA-Z0-9_.-]+', lengthGreaterThanOrEqual: 3, lengthLessThanOrEqual: 255 },
    Limit: { type: 'Integer', greaterThanOrEqual: 1, lessThanOrEqual: 100 },
    ExclusiveStartStreamArn: { type: 'String', lengthGreaterThanOrEqual: 37, lengthLessThanOrEqual: 1024 },
  },
  custom ({ ExclusiveStartStreamArn: start }) {
    if (start !== undefined) checkStreamArn(start)
  },
  run ({ TableName, Limit = 100, ExclusiveStartStreamArn: start = '' }, { store }) {
    const streams = store.streams.all().filter(({ table, arn }) => (TableName === undefined || table === TableName) && arn > start)
    const page = streams.slice(0, Limit)
    return {
      Streams: page.map(({ arn: StreamArn, table: TableName, label: StreamLabel }) => ({ StreamArn, TableName, StreamLabel })),
      ...(streams.length > Limit && { LastEvaluatedStreamArn: page.at(-1)!.arn }),
    }
  },
}
