import { readPage } from '../page-read.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
export const query = readPage('query')
