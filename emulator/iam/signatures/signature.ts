import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export const ALGORITHM = 'AWS4-HMAC-SHA256'

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** Keys that are kept: one a caller, day, region and service. */
const MOST_KEYS = 1000

/** Computes signatures of version 4; the keys that it derives from secrets are kept. */
export class Signatures {
  readonly #keys = new Map<string, Buffer>()

  /** @param scope  `20260301/us-east-1/dynamodb/aws4_request` */
  sign (secret: string, scope: string, stringToSign: string): Buffer {
    return hmac(this.#key(secret, scope), stringToSign)
  }

  #key (secret: string, scope: string): Buffer {
    const name = `${secret}/${scope}`
    let key = this.#keys.get(name)
    if (!key) {
      const [date = '', region = '', service = '', end = ''] = scope.split('/')
      key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), end)
      if (this.#keys.size >= MOST_KEYS) this.#keys.clear()
      this.#keys.set(name, key)
    }
    return key
  }
}

/** Compares in a time that does not tell how much of it is right. */
export function isSignature (given: string, computed: Buffer): boolean {
  const bytes = Buffer.from(given, 'hex')
  return bytes.length === computed.length && timingSafeEqual(bytes, computed)
}
