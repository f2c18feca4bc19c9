import type { Event, Registration } from '../../server/features/face/schemas.ts'
import type { Image, Profile } from '../../server/features/image/schemas.ts'
import type { ApiClient, ApiResponse } from './api-client.ts'
import { drawPortrait } from './portraits.ts'
import type { Random } from './random.ts'

/** A registration whose stored face is there. */
export type RegistrationWithFace = Registration & { storedFaceKey: string }

/** A user whose face was verified: there is a face record, or in the history design a validation. */
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

  /** A new user. */
  userId (): string {
    return `${this.#prefix}-user${++this.#count}`
  }

  /** A picture of a new person. */
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

  /** A registration with the picture of a new person as its stored face. */
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

  /** A user with a profile. */
  async owner (preferences: object = {}): Promise<Profile> {
    return made(await this.#api.put<Profile>(`/api/users/${this.userId()}/profile`, { profile: { preferences } }))
  }

  /** An image of a user's, by default of one with a profile, that is processed to its end. */
  async image (options: { userId?: string, file?: Uint8Array<ArrayBuffer>, fields?: Record<string, string> } = {}): Promise<Image> {
    const { userId = (await this.owner()).userId, file = await this.portrait() } = options
    const { imageId } = made(await this.#api.upload<{ imageId: string }>('/api/images', {
      file, contentType: 'image/jpeg', name: 'portrait.jpg', fields: { ...options.fields, userId },
    }), 202)
    const path = `/api/images/${imageId}`
    await this.#api.send('GET', `${path}/events?userId=${userId}`) // it ends with the last step
    return made(await this.#api.get<Image>(`${path}?userId=${userId}`))
  }

  /** Writes the records of a number of images in one request. Their bytes are already in the store. */
  async images (count: number, known: { userId?: string, status?: string, createdAt?: string } = {}): Promise<{ imageId: string, userId: string }[]> {
    const { userId = (await this.owner()).userId, status = 'completed', ...rest } = known
    const images = Array.from({ length: count }, (_, index) => ({
      ...rest,
      userId,
      status,
      originalFileName: `${index}.jpg`,
      originalFileSize: 1000,
      originalFileType: 'image/jpeg',
      originalS3Key: `uploads/${userId}/${index}.jpg`,
    }))
    return made(await this.#api.post<{ images: { imageId: string, userId: string }[] }>('/api/images/batch', { images })).images
  }
}

/** What a request made that had to succeed. */
export function made<T> ({ method, path, status, body }: ApiResponse<T>, ...accepted: number[]): T {
  if (![200, 201, ...accepted].includes(status)) throw new Error(`Cannot begin: ${method} ${path} answered with ${status}: ${body.message}`)
  return body.data
}
