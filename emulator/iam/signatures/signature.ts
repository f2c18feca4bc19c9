import { hash } from 'node:crypto'

export const ALGORITHM = 'AWS4-HMAC-SHA256'

// One call for a whole hash takes a fraction of the time of `createHash` and `createHmac`.
export const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex')

/** Bytes of a block of SHA-256. */
const BLOCK = 64

/** Bytes of a hash. */
const DIGEST = 32

/**
 * A key as HMAC mixes it into its two hashes (RFC 2104). Both texts are put together in memory that is kept, and hashes are handed over as
 * strings of one byte a character: a hash that is a buffer of its own costs several times its computation.
 */
class HmacKey {
  /** The block of the inner hash, and room for the text behind it. */
  #inner: Buffer
  /** The block of the outer hash, and the inner hash behind it. */
  readonly #outer: Buffer

  constructor (key: Uint8Array) {
    const block = Buffer.alloc(BLOCK)
    block.set(key.length > BLOCK ? hash('sha256', key, 'buffer') : key)
    this.#inner = Buffer.concat([block.map((byte) => byte ^ 0x36), Buffer.alloc(4 * BLOCK)])
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(DIGEST)])
  }

  /** The code of a text, in hex. */
  hex (text: string): string {
    const end = BLOCK + Buffer.byteLength(text)
    if (end > this.#inner.length) this.#inner = Buffer.concat([this.#inner.subarray(0, BLOCK), Buffer.alloc(end)])
    this.#inner.write(text, BLOCK)
    this.#outer.write(hash('sha256', this.#inner.subarray(0, end), 'binary'), BLOCK, 'binary')
    return hash('sha256', this.#outer, 'hex')
  }
}

/** Keys that are kept: one a caller, day, region and service. */
const MOST_KEYS = 1000

/** Computes signatures of version 4; the keys that it derives from secrets are kept. */
export class Signatures {
  readonly #keys = new Map<string, HmacKey>()

  /**
   * @param scope  `20260301/us-east-1/dynamodb/aws4_request`
   * @returns the signature in hex
   */
  sign (secret: string, scope: string, stringToSign: string): string {
    return this.#key(secret, scope).hex(stringToSign)
  }

  #key (secret: string, scope: string): HmacKey {
    const name = `${secret}/${scope}`
    let key = this.#keys.get(name)
    if (!key) {
      const [date = '', region = '', service = '', end = ''] = scope.split('/')
      key = [date, region, service, end].reduce((key, part) => new HmacKey(Buffer.from(key.hex(part), 'hex')), new HmacKey(Buffer.from(`AWS4${secret}`)))
      if (this.#keys.size >= MOST_KEYS) this.#keys.clear()
      this.#keys.set(name, key)
    }
    return key
  }
}

/** Compares two signatures in hex, in a time that does not tell how much of the given one is right. */
export function isSignature (given: string, computed: string): boolean {
  if (given.length !== computed.length) return false
  let different = 0
  for (let index = 0; index < computed.length; index++) different |= given.charCodeAt(index) ^ computed.charCodeAt(index)
  return different === 0
}
