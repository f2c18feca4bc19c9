import { MemoryStorage } from './memory-storage.ts'
import type { Storage } from './storage.ts'

/** @throws DataPathError when the directory cannot be used */
export async function openStorage (dataPath: string | undefined, report?: (text: string) => void): Promise<Storage> {
  if (dataPath === undefined) return new MemoryStorage()
  // Loaded at first use, since it includes a native library.
  const { DirectoryStorage } = await import('./directory-storage.ts')
  return DirectoryStorage.open(dataPath, report)
}
