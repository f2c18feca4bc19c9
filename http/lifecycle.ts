import { ServerResponse, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LifecycleOptions {
  /** How long (ms) a body may stop arriving. Default: 60 seconds. */
  stalledBodyMs?: number
  /** The raw answer to a body that stopped arriving. */
  stalledAnswer: string
}

/** Bytes that are read and dropped after an early answer, so that a client that sends its whole body first gets the answer. */
const DRAIN_LIMIT = 128 * 1024 * 1024

/** How long (ms) idle connections stay open at a shutdown, for requests in transit: they get `Connection: close`. */
const SHUTDOWN_GRACE_MS = 50

/**
 * What a server does with its connections beside answering requests:
 * - After an answer that is given before the whole body has come, the rest is read and dropped, up to a bound: the client's
 *   next request works, and a client that sends all before it reads is not blocked. A longer body gets `Connection: close`.
 * - `Expect: 100-continue` is answered when the body is first read, so that an error that the headers decide comes instead.
 * - A connection whose body stops arriving ends.
 * - While the server shuts down, each answer says `Connection: close`.
 */
export class Lifecycle {
  /** Options for `createServer`. */
  readonly serverOptions: { ServerResponse: typeof ServerResponse, keepAliveTimeout: number }
  readonly #options: LifecycleOptions
  readonly #responses = new WeakMap<Socket, ServerResponse>()
  #closing = false

  constructor (options: LifecycleOptions) {
    this.#options = options
    const isClosing = () => this.#closing
    class Answer<R extends IncomingMessage> extends ManagedResponse<R> {
      override isClosing = isClosing
    }
    this.serverOptions = { ServerResponse: Answer, keepAliveTimeout: 65_000 }
  }

  /** Whether a shutdown has begun. */
  get isClosing (): boolean {
    return this.#closing
  }

  /** Attaches to a server that was made with {@link serverOptions}, before it listens. */
  attach (server: Server): void {
    server.prependListener('request', (request, response) => { this.#responses.set(request.socket, response) })
    server.on('checkContinue', (request, response) => {
      continueWhenRead(request, response)
      server.emit('request', request, response)
    })
    server.setTimeout(this.#options.stalledBodyMs ?? 60_000, (socket) => this.#silent(socket))
  }

  /** A connection without traffic: idle, waiting for the server or for a slow reader, or with an incomplete body. */
  #silent (socket: Socket): void {
    const response = this.#responses.get(socket)
    if (response && !response.writableFinished && response.req.complete) return
    if (response && !response.req.complete && !response.headersSent) socket.end(this.#options.stalledAnswer, () => socket.destroy())
    else socket.destroy()
  }

  /** Begins a shutdown: from now on each answer ends its connection. Resolves when idle connections may be closed. */
  async beginClose (server: Server): Promise<void> {
    this.#closing = true
    if (!server.listening) return
    const open = await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count ?? 0)))
    if (open > 0) await sleep(SHUTDOWN_GRACE_MS)
  }
}

/** Answers as the {@link Lifecycle} says. */
class ManagedResponse<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {
  isClosing: () => boolean = () => false
  /** Set for a client that waits for `100 Continue` and has not received it: it sends no body. */
  waits = false
  #lingers = false

  // The overloads of writeHead and end are Node's; arguments are passed on unchanged.
  override writeHead (...args: unknown[]): this {
    const early = isIncomplete(this.req)
    this.#lingers = early && !this.waits
    // Node writes `Connection: close` for this, and closes the connection after the answer.
    if (this.isClosing() || (early && (this.waits || Number(this.req.headers['content-length'] ?? 0) > DRAIN_LIMIT))) this.shouldKeepAlive = false
    return (super.writeHead as (...args: unknown[]) => this)(...args)
  }

  override end (...args: unknown[]): this {
    if (!this.headersSent && isIncomplete(this.req)) {
      // Headers that are not written yet need the length of the whole body.
      const [chunk] = args
      if (!this.hasHeader('content-length') && (typeof chunk === 'string' || chunk instanceof Uint8Array)) this.setHeader('content-length', Buffer.byteLength(chunk))
      this.writeHead(this.statusCode)
    }
    if (!this.#lingers || this.req.destroyed) return (super.end as (...args: unknown[]) => this)(...args)
    this.#lingers = false
    const callback = args.find((arg) => typeof arg === 'function')
    const [chunk, encoding] = args
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) this.write(chunk, typeof encoding === 'string' ? encoding as BufferEncoding : 'utf8')
    else this.flushHeaders()
    drain(this.req, () => (super.end as (...args: unknown[]) => this)(callback))
    return this
  }
}

/** Whether a part of a request's body has not arrived or not been read: Node reads no next request before that. */
function isIncomplete (request: IncomingMessage): boolean {
  if (request.readableEnded) return false
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
  return encoding !== undefined || length !== '0'
}

/** Reads the rest of a body and drops it, up to the limit. It works in any state of the stream. */
function drain (request: IncomingMessage, done: () => void): void {
  let left = DRAIN_LIMIT
  let isDone = false
  const finish = () => {
    if (isDone) return
    isDone = true
    request.off('readable', read)
    done()
  }
  const read = () => {
    for (let chunk: unknown; (chunk = request.read()) !== null;) left -= (chunk as Uint8Array).length // nobody has set an encoding
    if (left >= 0) return
    finish()
    request.destroy()
  }
  for (const event of ['end', 'close', 'error']) request.once(event, finish)
  request.unpipe()
  request.on('readable', read)
  // Data that arrived earlier causes no event if there was a listener before.
  read()
}

/** Sends `100 Continue` when the body is first read, unless the answer has been sent by then. */
function continueWhenRead (request: IncomingMessage, response: ServerResponse): void {
  const managed = response as ManagedResponse // every response of the server is one
  managed.waits = true
  const read = request._read.bind(request)
  request._read = (size) => {
    request._read = read
    if (!response.headersSent) {
      managed.waits = false
      response.writeContinue()
    }
    read(size)
  }
}
