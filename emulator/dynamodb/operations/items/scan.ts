import { readPage } from './page-operation.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
export const scan = readPage('scan')
