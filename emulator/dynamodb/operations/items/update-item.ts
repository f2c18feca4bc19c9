import { updateItemRules } from '../../requests/item-rules.ts'
import type { Shape } from '../../requests/shapes.ts'
import { bytesOfActions, returnedAttributes, updateWrite, type ItemUpdate } from '../../storage/item-update.ts'
import { singleWrite, type SingleWriteInput } from './single-write.ts'

/** dynalite accepts any text as an action. */
const attributeUpdates: Shape = {
  type: 'Map<AttributeValueUpdate>',
  children: {
    type: 'ValueStruct<AttributeValueUpdate>',
    notNull: true,
    children: { Action: { type: 'String', enum: ['ADD', 'PUT', 'DELETE'] }, Value: 'AttrStruct<FieldStruct>' },
  },
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
export const updateItem = singleWrite<SingleWriteInput & ItemUpdate>({
  shapes: 'updateItem',
  types: { AttributeUpdates: attributeUpdates },
  rules: updateItemRules,
  plan: (table, input, ctx) => updateWrite(table, input, ctx.limits, bytesOfActions(input)),
  returned: returnedAttributes,
})
