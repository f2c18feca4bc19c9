import { toUSVString } from 'node:util'
import { Decimal, IonTypes, makeReader, makeTextWriter, type Reader, type Writer } from 'ion-js'
import type { AttributeValue, Item } from './item.ts'

/*
 * Items as Amazon Ion, in the way that exports and imports of tables represent them.
 * Source: "DynamoDB table export output format" and "Amazon S3 import formats for DynamoDB" (developer guide).
 */

/** A structure as one line of Ion text. Ion has Unicode only: half of a surrogate pair becomes U+FFFD. */
export function ionLine (members: Item): string {
  const writer = makeTextWriter()
  writeStruct(writer, members)
  writer.close()
  return `$ion_1_0 ${Buffer.from(writer.getBytes()).toString()}`
}

function writeStruct (writer: Writer, members: Item): void {
  writer.stepIn(IonTypes.STRUCT)
  for (const [name, value] of Object.entries(members)) {
    writer.writeFieldName(toUSVString(name))
    writeValue(writer, value)
  }
  writer.stepOut()
}

function writeValue (writer: Writer, value: AttributeValue): void {
  if (value.S !== undefined) writer.writeString(toUSVString(value.S))
  else if (value.N !== undefined) writer.writeDecimal(Decimal.parse(value.N))
  else if (value.B !== undefined) writer.writeBlob(Buffer.from(value.B, 'base64'))
  else if (value.BOOL !== undefined) writer.writeBoolean(value.BOOL)
  else if (value.NULL !== undefined) writer.writeNull(IonTypes.NULL)
  else if (value.SS) writeSet(writer, 'SS', value.SS)
  else if (value.NS) writeSet(writer, 'NS', value.NS)
  else if (value.BS) writeSet(writer, 'BS', value.BS)
  else if (value.L) writeList(writer, value.L)
  else if (value.M) writeStruct(writer, value.M)
}

function writeSet (writer: Writer, type: 'SS' | 'NS' | 'BS', members: readonly string[]): void {
  writer.setAnnotations([`$dynamodb_${type}`])
  writeList(writer, members.map((member) => ({ [type[0]!]: member })))
}

function writeList (writer: Writer, members: readonly AttributeValue[]): void {
  writer.stepIn(IonTypes.LIST)
  for (const member of members) writeValue(writer, member)
  writer.stepOut()
}

/** Ion that is not an item. */
export class NotAnItem extends Error {}

/**
 * Reads the items of Ion text: its structures with a member `Item`.
 * @throws {@link NotAnItem} for another value, or a type that DynamoDB does not have; another error for invalid Ion
 */
export function ionItems (text: string): Item[] {
  const reader = makeReader(text)
  const items: Item[] = []
  for (let type = reader.next(); type; type = reader.next()) {
    if (type !== IonTypes.STRUCT || reader.isNull()) throw new NotAnItem(`Expected a struct with an Item, found a ${type.name}`)
    const { Item: item } = readStruct(reader)
    if (!item?.M) throw new NotAnItem('The struct has no Item')
    items.push(item.M)
  }
  return items
}

function readStruct (reader: Reader): Item {
  reader.stepIn()
  const members: [string, AttributeValue][] = []
  while (reader.next()) members.push([reader.fieldName()!, readValue(reader)]) // members of a struct have names
  reader.stepOut()
  return Object.fromEntries(members)
}

function readValue (reader: Reader): AttributeValue {
  const type = reader.type()!
  if (reader.isNull()) {
    if (type === IonTypes.NULL) return { NULL: true }
    throw new NotAnItem(`DynamoDB has no null.${type.name}`)
  }
  switch (type) {
    case IonTypes.STRING: return { S: reader.stringValue()! }
    case IonTypes.BOOL: return { BOOL: reader.booleanValue()! }
    case IonTypes.INT: return { N: String(reader.bigIntValue()) }
    case IonTypes.DECIMAL: {
      const decimal = reader.decimalValue()!
      return { N: `${decimal.getCoefficient()}e${decimal.getExponent()}` }
    }
    case IonTypes.BLOB: return { B: Buffer.from(reader.uInt8ArrayValue()!).toString('base64') }
    case IonTypes.LIST: return readList(reader)
    case IonTypes.STRUCT: return { M: readStruct(reader) }
    default: throw new NotAnItem(`DynamoDB has no values of the Ion type ${type.name}`)
  }
}

const SETS: Record<string, 'SS' | 'NS' | 'BS'> = { $dynamodb_SS: 'SS', $dynamodb_NS: 'NS', $dynamodb_BS: 'BS' }

function readList (reader: Reader): AttributeValue {
  const [annotation] = reader.annotations()
  const set = annotation === undefined ? undefined : SETS[annotation]
  reader.stepIn()
  const members: AttributeValue[] = []
  while (reader.next()) members.push(readValue(reader))
  reader.stepOut()
  if (!set) return { L: members }
  return {
    [set]: members.map((member) => {
      const text = member[set[0] as 'S' | 'N' | 'B']
      if (text === undefined) throw new NotAnItem(`A member of a set of type ${set} has another type`)
      return text
    }),
  }
}
