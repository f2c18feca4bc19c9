/** A map of an answer, by strings: an object in JSON and CBOR, entries in XML. */
export class AnswerMap<V> extends Map<string, V> {
  toJSON (): Record<string, V> {
    return Object.fromEntries(this)
  }
}
