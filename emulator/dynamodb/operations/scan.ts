import { readPage } from '../page-read.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
export const scan = readPage('scan')
