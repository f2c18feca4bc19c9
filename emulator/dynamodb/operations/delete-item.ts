import { itemWrite } from '../item-write.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
export const deleteItem = itemWrite('deleteItem')
