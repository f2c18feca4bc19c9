import type { AttributeValue, Item } from '../values/item.ts'

/** The placeholders of a request, and which of them are unused so far. */
export class Bindings {
  readonly #names: Record<string, string>
  readonly #values: Item
  readonly unusedNames: Set<string>
  readonly unusedValues: Set<string>

  constructor (names: Record<string, string> = {}, values: Item = {}) {
    this.#names = names
    this.#values = values
    this.unusedNames = new Set(Object.keys(names))
    this.unusedValues = new Set(Object.keys(values))
  }

  name (placeholder: string): string | undefined {
    this.unusedNames.delete(placeholder)
    return this.#names[placeholder]
  }

  value (placeholder: string): AttributeValue | undefined {
    this.unusedValues.delete(placeholder)
    return this.#values[placeholder]
  }
}
