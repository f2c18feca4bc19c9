import { readPage } from './page-operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
export const query = readPage('query')
