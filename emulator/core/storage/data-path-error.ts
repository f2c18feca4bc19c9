/** Why a directory cannot be used for the emulator's state, in one line that names it. */
export class DataPathError extends Error {
  override name = 'DataPathError'
  /** A stack does not help a user of the command line. */
  override stack = undefined

  constructor (path: string, problem: string, options?: { cause: unknown }) {
    super(`${path} ${problem}`, options)
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'cannot be read and written by this user',
  EPERM: 'cannot be read and written by this user',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'is on a full file system',
  ENOENT: 'cannot be created: its file system does not allow new directories there',
  ENOTDIR: 'is not a directory',
  EEXIST: 'is not a directory',
}

/** The line for what Node or LevelDB says. */
export function describeDataError (path: string, error: unknown): DataPathError {
  if (error instanceof DataPathError) return error
  const { code, message, cause } = error as { code?: string, message?: string, cause?: { code?: string, message?: string } } // system errors and LevelDB's have these
  if (cause?.code === 'LEVEL_LOCKED') {
    return new DataPathError(path, 'is in use by another emulator. Stop it, or name another directory', { cause: error })
  }
  const known = PROBLEMS[code ?? '']
  if (known) return new DataPathError(path, known, { cause: error })
  const said = (cause?.message ?? message ?? String(error)).replace(/\s+/g, ' ')
  if (/permission denied/i.test(said)) return new DataPathError(path, PROBLEMS.EACCES!, { cause: error })
  return new DataPathError(path, `cannot be used: ${said}`, { cause: error })
}
