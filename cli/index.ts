#!/usr/bin/env node
import { run } from './run.ts'

// Six lines at every start, for whoever keeps the dependencies up to date, not for whoever runs this.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

const status = await run(process.argv.slice(2))
// A verb may have set it itself; what still runs keeps the process alive.
if (status !== 0) process.exitCode = status
