export interface LiveEventHandlers {
  onOpen? (): void
  onLost? (): void
  onMessage (data: string, id: string): void
  /** Events that have a name of their own, by the name. */
  named?: Record<string, (data: string) => void>
}

/** How long to wait before an emulator that is gone is asked again, ms. */
const RETRY_MS = 1000

/**
 * Server-sent events, for as long as somebody can see the page: a browser keeps six connections to a host, and hidden
 * pages would use them up.
 */
export class LiveEvents {
  readonly #url: string
  readonly #handlers: LiveEventHandlers
  #source: EventSource | undefined
  #retry: number | undefined
  #ended = false
  /** Where a stream that can be resumed has come to. */
  #lastId = ''

  constructor (url: string, handlers: LiveEventHandlers) {
    this.#url = url
    this.#handlers = handlers
  }

  start (): void {
    document.addEventListener('visibilitychange', this.#look)
    this.#look()
  }

  stop (): void {
    this.#ended = true
    document.removeEventListener('visibilitychange', this.#look)
    this.#close()
  }

  readonly #look = (): void => {
    if (document.visibilityState === 'hidden') this.#close()
    else if (!this.#source) this.#open()
  }

  #close (): void {
    clearTimeout(this.#retry)
    this.#source?.close()
    this.#source = undefined
  }

  #open (): void {
    if (this.#ended) return
    const url = new URL(this.#url, location.href)
    if (this.#lastId !== '') url.searchParams.set('after', this.#lastId)
    const source = this.#source = new EventSource(url)
    source.onopen = () => this.#handlers.onOpen?.()
    source.onmessage = (event: MessageEvent<string>) => {
      if (event.lastEventId !== '') this.#lastId = event.lastEventId
      this.#handlers.onMessage(event.data, event.lastEventId)
    }
    for (const [name, handle] of Object.entries(this.#handlers.named ?? {})) source.addEventListener(name, (event: MessageEvent<string>) => handle(event.data))
    source.onerror = () => {
      // Its own retries end for good at an answer that is no stream, such as a proxy's.
      this.#close()
      this.#handlers.onLost?.()
      this.#retry = window.setTimeout(this.#look, RETRY_MS)
    }
  }
}
