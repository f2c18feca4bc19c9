/** The formats that Rekognition accepts. */
export type ImageFormat = 'jpeg' | 'png'

const SIGNATURES: readonly [ImageFormat, Buffer][] = [
  ['jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
]

/** The format by an image's first bytes, whatever its name says; `undefined` if Rekognition would not accept it. */
export function imageFormatOf (bytes: Buffer): ImageFormat | undefined {
  return SIGNATURES.find(([, signature]) => bytes.subarray(0, signature.length).equals(signature))?.[0]
}
