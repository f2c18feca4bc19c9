import fp from 'fastify-plugin'

/**
 * Writes the answers that become ready in one turn of the event loop one after another at its end, before it waits for
 * new requests. A write to a client that sleeps wakes it, which costs more than the write: the first of several wakes it
 * for all of them. See docs/decisions/0009.
 */
export const batchedAnswers = fp((app, _options, done) => {
  let ready: (() => void)[] = []

  function write (): void {
    const batch = ready
    ready = []
    for (const answer of batch) answer()
  }

  app.addHook('onSend', (_request, _reply, payload, done) => {
    if (ready.push(() => done(null, payload)) === 1) setImmediate(write)
  })
  done()
}, { name: 'batched-answers', fastify: '5.x' })
