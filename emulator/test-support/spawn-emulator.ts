import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { extname, join } from 'node:path'
import type { Test } from 'tap'

// As this file is: built, or TypeScript that has to be loaded.
const ENDING = extname(import.meta.filename)
const NODE_ARGS = ENDING === '.ts' ? [`--import=${import.meta.resolve('tsx')}`] : []

/** An emulator in a process of its own. */
export class SpawnedEmulator {
  readonly url: string
  readonly #process: ChildProcess

  private constructor (process: ChildProcess, url: string) {
    this.#process = process
    this.url = url
  }

  /** Resolves when it listens. */
  static async start (t: Test, dataPath: string): Promise<SpawnedEmulator> {
    const child = spawn(process.execPath, [...NODE_ARGS, join(import.meta.dirname, `emulator-process${ENDING}`), dataPath], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    const said = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => undefined)])
    if (!said) throw new Error('The emulator ended before it listened')
    return new SpawnedEmulator(child, String(said[0]).trim())
  }

  /** Ends it as nothing can be prepared for. */
  async kill (): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }
}
