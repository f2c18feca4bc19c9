import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Addresses, Answers, Ask, ProcessUsage, Reply } from './messages.ts'

/** A process under test, as its parent sees it. */
export interface Child extends Addresses {
  usage (): Promise<ProcessUsage>
  /** Lets it close, and ends it. */
  close (): Promise<void>
}

/**
 * Starts a process under test: the API with its emulator, or bare Fastify.
 *
 * @throws when it cannot start
 */
export async function startChild (serve: Extract<Ask, { ask: 'start' }>['serve']): Promise<Child> {
  // As a source it ends in .ts, when built in .js.
  const script = new URL(`process-under-test${extname(fileURLToPath(import.meta.url))}`, import.meta.url)
  const child = fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })

  // One question at a time, so that an answer needs no name.
  function ask<N extends keyof Answers> (message: Extract<Ask, { ask: N }>): Promise<Answers[N]> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`The process under test ended by itself, with ${code ?? 'a signal'}`))
      child.once('exit', onExit)
      child.once('message', (reply: Reply) => {
        child.off('exit', onExit)
        if ('error' in reply) reject(new Error(reply.error))
        else resolve(reply.answer as Answers[N]) // to the question that was asked
      })
      child.send(message)
    })
  }

  try {
    const addresses = await ask<'start'>({ ask: 'start', serve })
    return {
      ...addresses,
      usage: () => ask<'usage'>({ ask: 'usage' }),
      async close () {
        await ask<'stop'>({ ask: 'stop' })
        child.disconnect()
      },
    }
  } catch (error) {
    if (child.connected) child.disconnect()
    throw error
  }
}
