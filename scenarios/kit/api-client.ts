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

export interface ApiResponse<T = unknown> {
  method: string
  path: string
  status: number
  headers: Headers
  body: Answer<T>
  /** Sent with the request, so that the AWS calls that it made can be found in the trace. */
  requestId: string
  /** From sending the request to having read the answer. */
  durationMs: number
}

interface Upload { file: Uint8Array<ArrayBuffer>, contentType: string }

/** Speaks to the API over HTTP. Every request bears an id of its own. */
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

  get<T = unknown> (path: string): Promise<ApiResponse<T>> {
    return this.#send('GET', path)
  }

  post<T = unknown> (path: string, body: object): Promise<ApiResponse<T>> {
    return this.#send('POST', path, { json: body })
  }

  put<T = unknown> (path: string, body: object): Promise<ApiResponse<T>> {
    return this.#send('PUT', path, { json: body })
  }

  delete<T = unknown> (path: string): Promise<ApiResponse<T>> {
    return this.#send('DELETE', path)
  }

  /** Sends a file as the one part `file` of a form. */
  upload<T = unknown> (path: string, upload: Upload): Promise<ApiResponse<T>> {
    return this.#send('POST', path, { upload })
  }

  /** @throws when no answer comes, or one that is not JSON */
  async #send<T> (method: string, path: string, { json, upload }: { json?: object, upload?: Upload } = {}): Promise<ApiResponse<T>> {
    const requestId = randomUUID()
    const headers = new Headers({ 'x-request-id': requestId })
    if (this.#token !== undefined) headers.set('authorization', `Bearer ${this.#token}`)
    if (json) headers.set('content-type', 'application/json')
    const began = performance.now()
    const response = await fetch(this.#baseUrl + path, { method, headers, body: json ? JSON.stringify(json) : upload && formOf(upload) })
    const text = await response.text()
    const durationMs = performance.now() - began
    let body: Answer<T>
    try {
      body = JSON.parse(text) as Answer<T> // what the route promises; the scenario checks it
    } catch {
      throw new Error(`${method} ${path} answered ${response.status} with something that is not JSON: ${text.slice(0, 200)}`)
    }
    return { method, path, status: response.status, headers: response.headers, body, requestId, durationMs }
  }
}

function formOf ({ file, contentType }: Upload): FormData {
  const form = new FormData()
  form.set('file', new Blob([file], { type: contentType }), 'face.jpg')
  return form
}
