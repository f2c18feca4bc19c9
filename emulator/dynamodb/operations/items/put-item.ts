import { putItemRules, type PutRequest } from '../../requests/item-rules.ts'
import { putWrite } from '../../storage/item-write.ts'
import { returnedOld, singleWrite, type SingleWriteInput } from './single-write.ts'

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
export const putItem = singleWrite<SingleWriteInput & PutRequest>({ shapes: 'putItem', rules: putItemRules, plan: putWrite, returned: returnedOld })
