// Runs as a process of its own: what is measured and what measures must not share an event loop.
import { openSandtable } from '../sandtable.ts'
import { loadConfig } from '../server/config.ts'
import { startBareServer } from './bare-server.ts'
import type { Addresses, Answers, Ask, Reply } from './messages.ts'

type Serve = Extract<Ask, { ask: 'start' }>['serve']

let close: (() => Promise<void>) | undefined

async function start (serve: Serve): Promise<Addresses> {
  if (serve.kind === 'bare') {
    const bare = await startBareServer(serve.routes)
    close = () => bare.close()
    return { url: bare.url }
  }
  const sandtable = await openSandtable({ config: loadConfig(serve.settings) })
  close = () => sandtable.close()
  return { url: sandtable.apiUrl, emulatorUrl: sandtable.emulatorUrl }
}

async function answer (ask: Ask): Promise<Answers[keyof Answers]> {
  if (ask.ask === 'start') return start(ask.serve)
  if (ask.ask === 'usage') {
    const { user, system } = process.cpuUsage()
    return { cpuMs: (user + system) / 1000, residentBytes: process.memoryUsage.rss() }
  }
  await close?.()
  return {}
}

process.on('message', (ask: Ask) => {
  const reply = (message: Reply) => process.send?.(message)
  answer(ask).then((answer) => reply({ answer }), (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) }))
})
// The parent process has ended.
process.on('disconnect', () => process.exit())
