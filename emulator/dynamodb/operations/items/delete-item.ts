import { deleteItemRules, type KeyedWrite } from '../../requests/item-rules.ts'
import { deleteWrite } from '../../storage/item-write.ts'
import { returnedOld, singleWrite, type SingleWriteInput } from './single-write.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
export const deleteItem = singleWrite<SingleWriteInput & KeyedWrite>({ shapes: 'deleteItem', rules: deleteItemRules, plan: deleteWrite, returned: returnedOld })
