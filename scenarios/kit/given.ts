import type { Event, Registration } from '../../server/features/face/schemas.ts'
import type { ApiClient, ApiResponse } from './api-client.ts'
import { drawPortrait } from './portraits.ts'
import type { Random } from './random.ts'

/** A registration whose stored face is there. */
export type RegistrationWithFace = Registration & { storedFaceKey: string }

/** Somebody whose face was verified: there is a face record, or in the history design a validation. */
export interface VerifiedUser {
  userId: string
  registration: RegistrationWithFace
  faceId: string
  ticketId: string
}

/** What a match answers. */
export interface Match { success: boolean, confidence: number, quality: string, faceId: string, ticketId: string }

const NAMES = ['Ada Lovelace', 'Grace Hopper', 'Katherine Johnson', 'Hedy Lamarr', 'Edith Clarke', 'Emmy Noether'] as const
const PLACES = 1000

/**
 * Makes, through the API alone, what must be there before a scenario begins. Ids are the scenario's own, and the same
 * for the same seed. Everything here throws when the API does not do as it should: the scenario cannot begin then.
 */
export class Given {
  readonly #api: ApiClient
  readonly #random: Random
  readonly #prefix: string
  #count = 0

  /** @param options.prefix  begins every id; of `[A-Za-z0-9_.:@-]` */
  constructor (options: { api: ApiClient, random: Random, prefix: string }) {
    this.#api = options.api
    this.#random = options.random
    this.#prefix = options.prefix
  }

  /** A user nobody has heard of. */
  userId (): string {
    return `${this.#prefix}-user${++this.#count}`
  }

  /** A picture of somebody new. */
  portrait (): Promise<Uint8Array<ArrayBuffer>> {
    return drawPortrait(this.#random)
  }

  /** @param capacity  places; by default more than anybody needs */
  async event (capacity = PLACES): Promise<Event> {
    return made(await this.#api.post<Event>('/api/events', { name: `Scenario ${this.#prefix}`, capacity }))
  }

  /** A registration without a stored face, by default of a new user for a new event. */
  async registration (options: { userId?: string, event?: Event } = {}): Promise<Registration> {
    const { userId = this.userId(), event = await this.event() } = options
    return made(await this.#api.post<Registration>('/api/registrations', { userId, eventId: event.eventId, name: this.#random.pick(NAMES) }))
  }

  /** A registration with the picture of somebody new as its stored face. */
  async registrationWithFace (options: { userId?: string, event?: Event } = {}): Promise<RegistrationWithFace> {
    const { registrationId } = await this.registration(options)
    const path = `/api/registrations/${registrationId}/stored-face`
    return made(await this.#api.upload<RegistrationWithFace>(path, { file: await this.portrait(), contentType: 'image/jpeg' }))
  }

  /** A user whose face was verified, with the very picture that was stored. */
  async verifiedUser (options: { userId?: string, event?: Event } = {}): Promise<VerifiedUser> {
    const registration = await this.registrationWithFace(options)
    const { registrationId, userId, storedFaceKey } = registration
    const path = `/api/registrations/${registrationId}/validate-face-image`
    const { faceId, ticketId } = made(await this.#api.post<Match>(path, { faceImageKey: storedFaceKey }))
    return { userId, registration, faceId, ticketId }
  }
}

/** What a request made that had to succeed. */
export function made<T> ({ method, path, status, body }: ApiResponse<T>): T {
  if (status !== 200 && status !== 201) throw new Error(`Cannot begin: ${method} ${path} answered ${status}: ${body.message}`)
  return body.data
}
