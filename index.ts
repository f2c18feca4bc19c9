import type { Sandtable, SandtableOptions } from './sandtable.ts'

export { BadSnapshot, DataPathError, NoSuchSnapshot, startEmulator } from './emulator/index.ts'
export type { Clients, ClientsOptions, Clock, ClockState, Emulator, EmulatorOptions, SnapshotInfo, Snapshots, TracedCall, TraceFilter, VirtualClock } from './emulator/index.ts'
export type { FaceDemo } from './server/features/face/demo.ts'
export type { ResetScope, Sandtable } from './sandtable.ts'

export interface StartSandtableOptions extends Pick<SandtableOptions, 'emulator' | 'demo' | 'logger'> {
  /**
   * Settings, by the names of the environment variables, such as `{ FACE_MATCH_THRESHOLD: '95' }`. The process's own
   * environment is not read. Default: each setting's default, but ports that the system chooses.
   */
  settings?: Readonly<Record<string, string | undefined>>
}

/**
 * Starts the API on an emulator of its own, both listening on loopback. Any number of them live in one process, none
 * knowing of the others.
 *
 * ```ts
 * await using sandtable = await startSandtable({ emulator: { frozenAt: Date.parse('2026-03-01') } })
 * await fetch(`${sandtable.apiUrl}/api/registrations/ada/face/exists`)
 * ```
 *
 * @throws `ConfigError` for a setting that is wrong; `EADDRINUSE` for a port that was asked for and is taken
 */
export async function startSandtable ({ settings, ...options }: StartSandtableOptions = {}): Promise<Sandtable> {
  // Loaded on demand, so that a user of only the emulator does not load the API.
  const [{ openSandtable }, { loadConfig }] = await Promise.all([import('./sandtable.ts'), import('./server/config.ts')])
  return openSandtable({ config: loadConfig({ PORT: '0', EMULATOR_PORT: '0', ...settings }), ...options })
}
