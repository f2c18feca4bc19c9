#!/usr/bin/env node
import { FAILED } from './failure.ts'
import { run } from './run.ts'

// Six lines at every start, for whoever keeps the dependencies up to date, not for whoever runs this.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

// Whoever reads may have had enough, as `head` has: that ends it, without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(FAILED)
})

const status = await run(process.argv.slice(2))
// A verb may have set it itself; what still runs keeps the process alive.
if (status !== 0) process.exitCode = status
