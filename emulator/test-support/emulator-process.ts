// An emulator as a process of its own, on the directory that is its argument: for tests that kill it.
import { startEmulator } from '../index.ts'

const emulator = await startEmulator({ dataPath: process.argv[2] })
process.stdout.write(`${emulator.url}\n`)
