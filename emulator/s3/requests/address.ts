import { isIP } from 'node:net'
import type { WireRequest } from '../../core/wire.ts'
import { invalidUri } from '../errors.ts'

/** The resource of a request: the service, a bucket (no key), or an object. Missing names are empty strings. */
export interface Address {
  bucket: string
  key: string
}

/** Hosts that name no bucket themselves, and under which a label does. The longest match counts. */
const BASE_HOSTS = ['localhost', 's3.localhost', 'sandtable.localhost']

/** `bucket.s3.eu-west-1.amazonaws.com` and similar hosts; the bucket is the part before. */
const AWS_HOST = /^(?:(.+)\.)?s3(?:-accelerate|-fips)?(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/

/**
 * Reads bucket and key from host and path, in both styles.
 * A host that is an address, a single label (a compose service) or unknown names no bucket: then it is path style. AWS treats
 * an unknown host as a bucket; this emulator cannot know all names under which it is reached.
 * @param hosts  more base hosts, such as `emulator` for `bucket.emulator`
 * @throws InvalidURI for percent-encoding that is broken, or is not UTF-8
 */
export function readAddress (request: Pick<WireRequest, 'path' | 'headers'>, hosts: readonly string[] = []): Address {
  const path = request.path.slice(1)
  const bucket = bucketOfHost(request.headers['host'], hosts)
  if (bucket !== undefined) return { bucket, key: decodePath(path) }
  const slash = path.indexOf('/')
  return slash < 0
    ? { bucket: decodePath(path), key: '' }
    : { bucket: decodePath(path.slice(0, slash)), key: decodePath(path.slice(slash + 1)) }
}

/** The bucket in a virtual-host-style `Host`. */
export function bucketOfHost (host: string | undefined, hosts: readonly string[] = []): string | undefined {
  if (host === undefined) return undefined
  const name = host.replace(/:\d*$/, '').toLowerCase()
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return undefined
  const bases = [...BASE_HOSTS, ...hosts]
  if (bases.includes(name)) return undefined
  const aws = AWS_HOST.exec(name)
  if (aws) return aws[1]
  const base = bases.filter((base) => name.endsWith(`.${base}`)).sort((a, b) => b.length - a.length)[0]
  return base && name.slice(0, -base.length - 1)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Percent-decoding as in S3: a plus sign is a space, and the result must be UTF-8. */
export function decodePath (encoded: string): string {
  if (/%(?![0-9a-f]{2})|[^\0-\xff]/i.test(encoded)) throw invalidUri(encoded)
  const bytes = encoded.replaceAll('+', ' ').replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    throw invalidUri(encoded)
  }
}
