#!/usr/bin/env node
import '../emulator/core/sdk-version-warning.ts'
import { FAILED } from './output/failure.ts'
import { run } from './run.ts'

// A reader such as `head` may close the pipe early: that ends the process without a message.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(FAILED)
})

// Only the owner may read files that a command writes, such as a data directory or a backup.
process.umask(0o077)

const status = await run(process.argv.slice(2))
// A verb may have set it itself; running servers keep the process alive.
if (status !== 0) process.exitCode = status
