// Whether what this container runs is well: exit status 0 or 1. There is no curl in the image.
import { readFileSync } from 'node:fs'

const api = { name: 'API', host: process.env.HOST, port: process.env.PORT || 3000, path: '/health' }
const emulator = { name: 'emulator', host: process.env.EMULATOR_HOST, port: process.env.EMULATOR_PORT || 4566, path: '/_sandtable/health' }

/** What listens, by verb of the command. */
const listening = { start: [api, emulator], emulator: [emulator], server: [api] }

// The command line of the container's first process tells what it was started for; an init may stand before it.
const commandLine = readFileSync('/proc/1/cmdline', 'utf8').split('\0')
const verb = commandLine[commandLine.findIndex((word) => /\/(cli\/index\.js|sandtable)$/.test(word)) + 1]

const ills = await Promise.all((listening[verb] ?? []).map(async ({ name, host, port, path }) => {
  // What listens everywhere listens on loopback, too.
  const reached = host && host !== '0.0.0.0' && host !== '::' ? host : '127.0.0.1'
  const url = `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}${path}`
  try {
    const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(3000) })
    return ok ? [] : [`${name}: ${url} answers ${status}`]
  } catch (error) {
    return [`${name}: ${url}: ${error.cause?.message ?? error.message}`]
  }
}))

// Docker keeps it as the health's output.
for (const ill of ills.flat()) console.error(ill)
process.exitCode = ills.flat().length === 0 ? 0 : 1
