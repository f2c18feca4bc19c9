import { createRequire } from 'node:module'

/** dynalite with its own store and its own operations, as a peer to compare pages with. */
export function dynalite<Page> () {
  const require = createRequire(import.meta.url)
  // It ships no types; these are what version 4.0.0 exports.
  const db = require('dynalite/db') as { create (): { tableDb: { put (name: string, table: object): Promise<void> } } }
  const validations = require('dynalite/validations') as { checkTypes (input: object, types: object): object, checkValidations (...all: unknown[]): void }
  const store = db.create()
  const call = (operation: string, input: object): Promise<Page> => new Promise((resolve, reject) => {
    const name = operation[0]!.toLowerCase() + operation.slice(1)
    const { types, custom } = require(`dynalite/validations/${name}`) as { types: object, custom: unknown }
    const typed = validations.checkTypes(structuredClone(input), types)
    validations.checkValidations(typed, types, custom, store)
    const action = require(`dynalite/actions/${name}`) as (store: object, input: object, callback: (error: Error | undefined, page: Page) => void) => void
    action(store, typed, (error, page) => error ? reject(error) : resolve(JSON.parse(JSON.stringify(page)) as Page))
  })
  // Its CreateTable needs a timer to fire.
  const createTable = (table: { TableName: string }) => store.tableDb.put(table.TableName, { ...table, TableStatus: 'ACTIVE' })
  return { call, createTable }
}
