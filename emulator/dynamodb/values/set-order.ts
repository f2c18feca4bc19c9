import { compareNumbers, storedNumber } from './decimal.ts'

const order: Record<'SS' | 'NS' | 'BS', (members: readonly string[]) => string[]> = {
  SS: (members) => byBytes(members, 'utf8'),
  BS: (members) => byBytes(members, 'base64'),
  NS: byValue,
}

/**
 * A set's members as DynamoDB stores and returns them: strings and binaries by their bytes, numbers by value. Source:
 * recorded answers in the public paritysuite/dynamodb-conformance (eu-west-2, October 2026).
 * @param members  numbers as they are stored
 */
export function inOrder (type: 'SS' | 'NS' | 'BS', members: readonly string[]): string[] {
  return members.length > 1 ? order[type](members) : [...members]
}

function byBytes (members: readonly string[], encoding: 'utf8' | 'base64'): string[] {
  return members.map((member) => ({ member, bytes: Buffer.from(member, encoding) }))
    .sort((one, other) => Buffer.compare(one.bytes, other.bytes)).map(({ member }) => member)
}

/** Most numbers differ as floating-point numbers; only the others are compared exactly. */
function byValue (members: readonly string[]): string[] {
  return members.map((member) => ({ member, rough: Number(member) }))
    .sort((one, other) => one.rough - other.rough || compareNumbers(storedNumber(one.member), storedNumber(other.member)))
    .map(({ member }) => member)
}
