import { itemWrite } from './single-write.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
export const putItem = itemWrite('putItem')
