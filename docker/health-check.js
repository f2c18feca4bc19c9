// Checks the health of the container: exit status 0 or 1. The image has no curl.
import { readFileSync } from 'node:fs'

const api = { name: 'API', host: process.env.HOST, port: process.env.PORT || 3000, path: '/health' }
const emulator = { name: 'emulator', host: process.env.EMULATOR_HOST, port: process.env.EMULATOR_PORT || 4566, path: '/_sandtable/health' }

/** The servers that each verb of the command starts. */
const listening = { start: [api, emulator], emulator: [emulator], server: [api] }

// The command line of the container's first process has the verb. An init process may precede it on that line.
const commandLine = readFileSync('/proc/1/cmdline', 'utf8').split('\0')
const verb = commandLine[commandLine.findIndex((word) => /\/(cli\/index\.js|sandtable)$/.test(word)) + 1]

const failures = await Promise.all((listening[verb] ?? []).map(async ({ name, host, port, path }) => {
  // A server that listens on all addresses is reached on loopback.
  const reached = host && host !== '0.0.0.0' && host !== '::' ? host : '127.0.0.1'
  const url = `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}${path}`
  try {
    const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(3000) })
    return ok ? [] : [`${name}: ${url} answers ${status}`]
  } catch (error) {
    return [`${name}: ${url}: ${error.cause?.message ?? error.message}`]
  }
}))

// Docker shows this output in the container's health log.
for (const failure of failures.flat()) console.error(failure)
process.exitCode = failures.flat().length === 0 ? 0 : 1
