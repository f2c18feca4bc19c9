import { randomUUID } from 'node:crypto'

/** The API's envelope, of a success or of an error. */
export interface Answer<T> {
  status: 'success' | 'error'
  message: string
  data: T
  statusCode?: number
  code?: string
  details?: { path: string, reason: string }[]
  /** Only in the answer of a validation. */
  dynamodbStored?: boolean
}

/** What `data` of a list holds. */
export interface Page<T> {
  count: number
  data: T[]
  lastEvaluatedKey: string | null
}

/** An answer as it came. */
export interface RawResponse {
  method: string
  path: string
  status: number
  headers: Headers
  text: string
  /** Sent with the request, so that the AWS calls that it made can be found in the trace. */
  requestId: string
  /** When it was sent, as `performance.now()`. */
  sentAt: number
  /** From sending the request to having read the answer. */
  durationMs: number
}

export interface ApiResponse<T = unknown> extends Omit<RawResponse, 'text'> {
  body: Answer<T>
}

/** What goes with a request. */
interface Content { body?: string | FormData, headers?: Record<string, string> }

interface Upload {
  file: Uint8Array<ArrayBuffer>
  contentType: string
  name?: string
  /** Of the form, beside the file. */
  fields?: Record<string, string>
}

/** Calls the API over HTTP. Every request has an id of its own. */
export class ApiClient {
  readonly #baseUrl: string
  readonly #token: string | undefined

  /**
   * @param options.baseUrl  such as `http://127.0.0.1:3000`
   * @param options.token    sent as a bearer token
   */
  constructor (options: { baseUrl: string, token?: string }) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '')
    this.#token = options.token
  }

  /** The same API, asked with another token. */
  withToken (token: string): ApiClient {
    return new ApiClient({ baseUrl: this.#baseUrl, token })
  }

  get<T = unknown> (path: string): Promise<ApiResponse<T>> {
    return this.#json('GET', path)
  }

  post<T = unknown> (path: string, body: object, headers?: Record<string, string>): Promise<ApiResponse<T>> {
    return this.#json('POST', path, { body: JSON.stringify(body), headers })
  }

  put<T = unknown> (path: string, body: object, headers?: Record<string, string>): Promise<ApiResponse<T>> {
    return this.#json('PUT', path, { body: JSON.stringify(body), headers })
  }

  patch<T = unknown> (path: string, body: object, headers?: Record<string, string>): Promise<ApiResponse<T>> {
    return this.#json('PATCH', path, { body: JSON.stringify(body), headers })
  }

  delete<T = unknown> (path: string, headers?: Record<string, string>): Promise<ApiResponse<T>> {
    return this.#json('DELETE', path, { headers })
  }

  /** Sends a file as the part `file` of a form. */
  upload<T = unknown> (path: string, upload: Upload): Promise<ApiResponse<T>> {
    return this.#json('POST', path, { body: formOf(upload) })
  }

  /**
   * Sends a request, and reads the answer as text.
   *
   * @param content.body     a string is JSON, unless the headers say otherwise
   * @throws when no answer comes
   */
  async send (method: string, path: string, content: Content = {}): Promise<RawResponse> {
    const { body } = content
    const requestId = randomUUID()
    const headers = new Headers({ 'x-request-id': requestId })
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`)
    if (typeof body === 'string') headers.set('content-type', 'application/json')
    for (const [name, value] of Object.entries(content.headers ?? {})) headers.set(name, value)
    const sentAt = performance.now()
    const response = await fetch(this.#baseUrl + path, { method, headers, body })
    const text = await response.text()
    return { method, path, status: response.status, headers: response.headers, text, requestId, sentAt, durationMs: performance.now() - sentAt }
  }

  /** @throws when no answer comes, or one that is not JSON */
  async #json<T> (method: string, path: string, content?: Content): Promise<ApiResponse<T>> {
    const { text, ...response } = await this.send(method, path, content)
    try {
      return { ...response, body: JSON.parse(text) as Answer<T> } // what the route promises; the scenario checks it
    } catch {
      throw new Error(`${method} ${path} answered ${response.status} with something that is not JSON: ${text.slice(0, 200)}`)
    }
  }
}

function formOf ({ file, contentType, name = 'face.jpg', fields = {} }: Upload): FormData {
  const form = new FormData()
  form.set('file', new Blob([file], { type: contentType }), name)
  for (const [field, value] of Object.entries(fields)) form.set(field, value)
  return form
}
