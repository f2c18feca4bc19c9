import type { ImageType, Size } from './schemas.ts'

/** What the first bytes of an image say. */
export type ImageHeader = Size & { type: ImageType }

/** The header, `'more'` when it continues beyond these bytes, or `undefined` when the format is not supported. */
export type HeaderReading = ImageHeader | 'more' | undefined

/**
 * No header is longer. A JPEG's size may stand behind an embedded preview and a colour profile, which take some hundred
 * kilobytes in the files of cameras.
 */
export const LONGEST_HEADER = 1024 * 1024

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const JPEG = Buffer.from([0xff, 0xd8, 0xff])

/**
 * Reads type and size from an image's first bytes, before anything is decoded or stored: what it is called plays no
 * part. PNG: RFC 2083, 4.1.1; JPEG: ITU T.81, B.2; WebP: RFC 9649, 2.
 */
export function readImageHeader (bytes: Buffer): HeaderReading {
  if (begins(bytes, JPEG)) return bytes.length < JPEG.length ? 'more' : jpeg(bytes)
  if (begins(bytes, PNG)) return bytes.length < 24 ? 'more' : sized('image/png', bytes.readUInt32BE(16), bytes.readUInt32BE(20))
  if (begins(bytes, Buffer.from('RIFF'))) return bytes.length < 30 ? 'more' : webp(bytes)
  return undefined
}

/** As far as there are bytes, they are those of the signature. */
const begins = (bytes: Buffer, signature: Buffer) =>
  bytes.length > 0 && bytes.subarray(0, signature.length).equals(signature.subarray(0, bytes.length))

const sized = (type: ImageType, width: number, height: number): ImageHeader | undefined =>
  width > 0 && height > 0 ? { type, width, height } : undefined

/** Goes from marker to marker until the one that begins the frame. */
function jpeg (bytes: Buffer): HeaderReading {
  for (let at = 2; ;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++ // fill bytes
    if (at + 9 > bytes.length) return 'more'
    const marker = bytes[at + 1]!
    if (bytes[at] !== 0xff || marker === 0xd9 || marker === 0xda) return undefined // the end, or pixels without a frame
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return sized('image/jpeg', bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5))
    const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
    at += isAlone ? 2 : 2 + bytes.readUInt16BE(at + 2)
  }
}

const ANIMATED = 0x02

function webp (bytes: Buffer): ImageHeader | undefined {
  if (bytes.toString('latin1', 8, 12) !== 'WEBP') return undefined
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8 ': return sized('image/webp', bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff)
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return sized('image/webp', (bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1)
    }
    case 'VP8X': return bytes[20]! & ANIMATED ? undefined : sized('image/webp', bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1)
    default: return undefined
  }
}
