/** A server-sent event. */
export interface ServerSentEvent {
  /** `message` if the server names no other. */
  event: string
  data: string
}

/**
 * Reads server-sent events, as far as servers of JSON send them: each field on one line.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function * readEvents (text: AsyncIterable<string>): AsyncGenerator<ServerSentEvent> {
  let rest = ''
  for await (const piece of text) {
    const events = (rest + piece).split('\n\n')
    rest = events.pop()! // split gives one at least
    for (const event of events) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(event)?.[1]
      const data = field('data')
      if (data !== undefined) yield { event: field('event') ?? 'message', data }
    }
  }
}
