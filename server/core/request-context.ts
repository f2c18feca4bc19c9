import { AsyncLocalStorage } from 'node:async_hooks'

// The one thing at module level: the storage itself has no state, each request brings its own.
const requestIds = new AsyncLocalStorage<string>()

/** Runs `callback`, and all that it starts, as part of the API request `id`. */
export function runWithRequestId<T> (id: string, callback: () => T): T {
  return requestIds.run(id, callback)
}

/** The id of the API request that is being served here; `undefined` outside of one. */
export function currentRequestId (): string | undefined {
  return requestIds.getStore()
}
