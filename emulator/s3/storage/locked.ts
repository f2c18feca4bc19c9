import type { LockMode, Locks } from '../../core/storage/locks.ts'

/** Runs work under locks. They are acquired in the given order, which is always bucket, then upload, then object. */
export async function locked<T> (locks: Locks, wanted: readonly (readonly [name: string, mode: LockMode])[], work: () => Promise<T>): Promise<T> {
  const taken: string[] = []
  try {
    for (const [name, mode] of wanted) {
      await locks.acquire(name, mode)
      taken.push(name)
    }
    return await work()
  } finally {
    for (const name of taken.reverse()) locks.release(name)
  }
}
