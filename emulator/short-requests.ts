import { STATUS_CODES, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { systemTime } from './core/clock.ts'
import { WholeBody, type WireRequest, type WireResponse } from './core/wire.ts'

export interface ShortRequestOptions {
  /** Answers a request. When it rejects, the connection ends as `failed` says. */
  answer: (request: WireRequest) => Promise<WireResponse> | WireResponse
  /** Ends a connection whose request could not be answered, and returns the answer, if there is one yet. */
  failed: (error: unknown, socket: Socket) => WireResponse | undefined
  /** Whether answers say `Connection: close`. */
  isClosing: () => boolean
  /** How long (ms) a connection stays open without a request. */
  keepAliveMs: number
}

/** A body of more bytes is Node's to receive. */
const MOST_BYTES = 1024 * 1024

/** How long (ms) a request may be incomplete here. Node then receives the rest, by its own timeouts. */
const PATIENCE_MS = 500

/**
 * Reads the calls that AWS SDKs make of a JSON service straight from the socket: a `POST /` with a target and a body of known length. Node's
 * HTTP server makes two streams and a dozen events of each request, which costs more than a read of an item. Whatever is not plainly such a call
 * is handed to Node's server with the bytes that have come, as is all that follows on its connection: large and chunked bodies, `Expect`, other methods and
 * paths, and everything that is malformed.
 *
 * Answers have the same headers as Node's.
 */
export class ShortRequests {
  readonly #options: ShortRequestOptions
  readonly #connections = new Set<Connection>()

  constructor (options: ShortRequestOptions) {
    this.#options = options
  }

  /**
   * Takes the connections of a server before its own listener gets them.
   * @param event  `secureConnection` for a server of HTTPS
   */
  attach (server: Server, event: 'connection' | 'secureConnection' = 'connection'): void {
    const listeners = server.listeners(event) as ((socket: Socket) => void)[] // as Node's documentation of the event has it
    server.removeAllListeners(event)
    server.on(event, (socket: Socket) => {
      const connection = new Connection(socket, this.#options, {
        handOver: () => { for (const listener of listeners) listener.call(server, socket) },
        left: () => this.#connections.delete(connection),
      })
      this.#connections.add(connection)
    })
  }

  /** Closes the connections that no request is on, as `Server.closeIdleConnections` does with those of Node. */
  closeIdle (): void {
    for (const connection of this.#connections) connection.closeIfIdle()
  }

  /** Closes all connections, as `Server.closeAllConnections` does. */
  closeAll (): void {
    for (const connection of this.#connections) connection.close()
  }
}

/** A request line and headers in which nothing is left to judgment; a value has no byte beyond ASCII. */
const PLAIN_HEAD = /^POST \/ HTTP\/1\.1(?:\r\n[!#$%&'*+.^_`|~\w-]+:[\t\x20-\x7e]*)+$/

const HEAD_END = Buffer.from('\r\n\r\n')

/** Node's own limit of a head. */
const MOST_HEAD_BYTES = 16 * 1024

/** A head that has been read, and how many bytes follow. */
interface Head { readonly headers: WireRequest['headers'], readonly length: number }

/** One connection, until it is handed to Node. */
class Connection {
  readonly #socket: Socket
  readonly #options: ShortRequestOptions
  readonly #owner: { handOver: () => void, left: () => void }
  /** Bytes that have come and are not read. */
  #bytes: Buffer | undefined
  /** The head of the request whose body has not come whole, and where that begins. */
  #head: Head | undefined
  #bodyStart = 0
  #isBusy = false
  /** The client sends nothing more. */
  #isLast = false
  #isWaiting = false
  readonly #names = new HeaderNames()

  constructor (socket: Socket, options: ShortRequestOptions, owner: { handOver: () => void, left: () => void }) {
    this.#socket = socket
    this.#options = options
    this.#owner = owner
    socket.on('data', this.#received)
    socket.on('end', this.#ended)
    socket.on('timeout', this.#silent)
    socket.on('close', owner.left)
    socket.on('error', ignore)
    socket.setTimeout(options.keepAliveMs)
  }

  closeIfIdle (): void {
    if (!this.#isBusy && this.#bytes === undefined && this.#socket.writableLength === 0) this.close()
  }

  close (): void {
    this.#socket.destroy()
  }

  readonly #received = (chunk: Buffer): void => {
    this.#bytes = this.#bytes === undefined ? chunk : Buffer.concat([this.#bytes, chunk])
    if (this.#isBusy) this.#socket.pause() // one request at a time
    else this.#read()
  }

  /** Answers the next request, if it has come whole. */
  #read (): void {
    const bytes = this.#bytes!
    if (this.#head === undefined) {
      const end = bytes.indexOf(HEAD_END)
      if (end < 0 && bytes.length < MOST_HEAD_BYTES) return this.#wait()
      if (end < 0 || end > MOST_HEAD_BYTES) return this.#handOver()
      this.#head = this.#readHead(bytes.toString('latin1', 0, end))
      if (this.#head === undefined) return this.#handOver()
      this.#bodyStart = end + HEAD_END.length
    }
    const { headers, length } = this.#head
    const end = this.#bodyStart + length
    if (bytes.length < end) return this.#wait()
    const body = bytes.subarray(this.#bodyStart, end)
    this.#bytes = bytes.length === end ? undefined : bytes.subarray(end)
    this.#head = undefined
    if (this.#isWaiting) {
      this.#isWaiting = false
      this.#socket.setTimeout(this.#options.keepAliveMs)
    }
    this.#isBusy = true
    void this.#answer({ method: 'POST', path: '/', query: NO_QUERY, headers, body: new WholeBody(body), socket: this.#socket })
  }

  /** A head that is plainly of a call; `undefined` for any other. */
  #readHead (text: string): Head | undefined {
    if (!PLAIN_HEAD.test(text)) return undefined
    const headers = this.#names.read(text)
    if (headers === undefined || headers['x-amz-target'] === undefined) return undefined
    if (headers['transfer-encoding'] !== undefined || headers['expect'] !== undefined || headers['upgrade'] !== undefined) return undefined
    const { connection, 'content-length': size = '' } = headers
    if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined
    if (!/^\d{1,7}$/.test(size) || Number(size) > MOST_BYTES) return undefined
    return { headers, length: Number(size) }
  }

  async #answer (request: WireRequest): Promise<void> {
    const socket = this.#socket
    let answer: WireResponse | undefined
    try {
      const outcome = this.#options.answer(request)
      answer = outcome instanceof Promise ? await outcome : outcome
    } catch (error) {
      answer = this.#options.failed(error, socket)
    }
    if (answer === undefined || socket.destroyed) return
    const { body } = answer
    const isOver = this.#options.isClosing() || this.#isLast || body instanceof Readable || answer.headers['connection'] === 'close'
    let head: string
    try {
      head = headOf(answer, isOver, this.#options.keepAliveMs)
    } catch (error) {
      this.#options.failed(error, socket)
      socket.destroy()
      return
    }
    if (body instanceof Readable) {
      socket.write(head, 'latin1')
      await pipeline(body, socket).catch(() => socket.destroy())
      return
    }
    if (typeof body === 'string') {
      // A string of one-byte characters is copied unchanged.
      socket.write(head + body, answer.headers['content-length'] === String(body.length) ? 'latin1' : 'utf8')
    } else {
      socket.cork()
      socket.write(head, 'latin1')
      if (body !== undefined) socket.write(body)
      socket.uncork()
    }
    if (isOver) socket.end()
    else this.#next()
  }

  /** Goes on with what has come meanwhile, when the client has taken the answer. */
  #next (): void {
    const socket = this.#socket
    if (socket.writableNeedDrain) {
      socket.once('drain', () => this.#next())
      return
    }
    this.#isBusy = false
    if (socket.isPaused()) socket.resume()
    if (this.#bytes !== undefined) this.#read()
  }

  #wait (): void {
    if (this.#isLast) return this.#handOver()
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#socket.setTimeout(PATIENCE_MS)
  }

  readonly #ended = (): void => {
    this.#isLast = true
    if (this.#isBusy) return
    if (this.#bytes === undefined) this.#socket.end()
    else this.#handOver()
  }

  /** No traffic: a call that takes its time, a slow reader, a request that has not come whole, or nothing to do. */
  readonly #silent = (): void => {
    if (this.#isBusy || this.#socket.writableLength > 0) return
    if (this.#isWaiting) this.#handOver()
    else this.#socket.destroy()
  }

  #handOver (): void {
    const socket = this.#socket
    const bytes = this.#bytes!
    this.#bytes = undefined
    socket.off('data', this.#received).off('end', this.#ended).off('timeout', this.#silent).off('close', this.#owner.left).off('error', ignore)
    this.#owner.left()
    socket.setTimeout(0)
    socket.pause()
    this.#owner.handOver()
    if (this.#isLast) {
      // The stream has ended and takes nothing back, but Node's parser listens to it.
      socket.emit('data', bytes)
      socket.emit('end')
    } else {
      socket.unshift(bytes)
      process.nextTick(() => socket.resume())
    }
  }
}

const ignore = (): void => {} // a client that disconnected: its socket is closed next

/** The query of all these requests. It is never changed. */
const NO_QUERY = new URLSearchParams()

/** Reads headers. A client sends the same names in the same order again and again: those of its last request are tried first. */
class HeaderNames {
  /** `Content-Type:` */
  readonly #sent: string[] = []
  /** `content-type` */
  readonly #names: string[] = []

  /**
   * The headers of a head that is well formed, names in lower case.
   * @returns `undefined` if a name comes twice: whether its values are joined, or the first one counts, depends on the name
   */
  read (text: string): WireRequest['headers'] | undefined {
    const headers: WireRequest['headers'] = {}
    let at = text.indexOf('\r\n') + 2
    for (let index = 0; at < text.length; index++) {
      let end = text.indexOf('\r\n', at)
      if (end < 0) end = text.length
      let sent = this.#sent[index]
      if (sent === undefined || !text.startsWith(sent, at)) {
        sent = this.#sent[index] = text.slice(at, text.indexOf(':', at) + 1)
        this.#names[index] = sent.slice(0, -1).toLowerCase()
      }
      const name = this.#names[index]!
      if (headers[name] !== undefined) return undefined
      headers[name] = text.slice(at + sent.length, end).trim()
      at = end + 2
    }
    return headers
  }
}

/** @throws TypeError for a value with a line break */
function headOf ({ status, headers }: WireResponse, isOver: boolean, keepAliveMs: number): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`
  for (const name in headers) {
    if (name === 'connection') continue // below
    const value = headers[name]!
    if (value.includes('\n') || value.includes('\r')) throw new TypeError(`The header ${name} has a line break`)
    head += `${name}: ${value}\r\n`
  }
  return `${head}Date: ${httpDate()}\r\n${isOver ? 'Connection: close' : `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveMs / 1000}`}\r\n\r\n`
}

let last = { second: NaN, text: '' }

/** The machine's time as HTTP has it, made once a second. */
function httpDate (): string {
  const now = systemTime()
  const second = Math.floor(now / 1000)
  if (second !== last.second) last = { second, text: new Date(now).toUTCString() }
  return last.text
}
