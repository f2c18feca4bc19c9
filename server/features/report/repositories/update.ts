/** What an UpdateItem does to attributes. */
export interface Update {
  /** Those that are `undefined` stay as they are, those that are `null` go. */
  changes: Readonly<Record<string, unknown>>
  /** Set where it is not there. */
  once?: Readonly<Record<string, unknown>>
  /** A counter that goes up by one. */
  count?: string
}

/** The parts of an UpdateItem; every name is behind a `#`, every value behind a `:`, so that none is a word of DynamoDB's. */
export function updateOf ({ changes, once = {}, count }: Update) {
  const there = Object.entries(changes).filter(([, value]) => value !== undefined)
  const set = there.filter(([, value]) => value !== null)
  const removed = there.filter(([, value]) => value === null)
  const sets = [
    ...set.map(([name]) => `#${name} = :${name}`),
    ...Object.keys(once).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
    ...count === undefined ? [] : [`#${count} = if_not_exists(#${count}, :zero) + :one`],
  ]
  const names = [...there.map(([name]) => name), ...Object.keys(once), ...count === undefined ? [] : [count]]
  return {
    UpdateExpression: `SET ${sets.join(', ')}${removed.length > 0 ? ` REMOVE ${removed.map(([name]) => `#${name}`).join(', ')}` : ''}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries([...set, ...Object.entries(once)].map(([name, value]) => [`:${name}`, value])),
      ...count !== undefined && { ':zero': 0, ':one': 1 },
    },
  }
}
