import { itemWrite } from './single-write.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
export const updateItem = itemWrite('updateItem')
