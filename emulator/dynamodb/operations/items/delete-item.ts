import { itemWrite } from './single-write.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
export const deleteItem = itemWrite('deleteItem')
