/** The functions of ConditionExpression, FilterExpression and KeyConditionExpression, with the number of their operands. */
export const CONDITION_FUNCTIONS: ReadonlyMap<string, number> = new Map(Object.entries({
  attribute_exists: 1, attribute_not_exists: 1, attribute_type: 2, begins_with: 2, contains: 2, size: 1,
}))

/** The functions of UpdateExpression, with the number of their operands. */
export const UPDATE_FUNCTIONS: ReadonlyMap<string, number> = new Map(Object.entries({ if_not_exists: 2, list_append: 2 }))
