import type { DirectResult } from '../core/protocol/direct-call.ts'
import type { DirectWay } from '../direct-send.ts'
import type { OperationName } from './index.ts'

interface RekognitionCommand { input: object, constructor: { name: string } }

/** Operations whose answers are in JSON what they are in the SDK; DescribeCollection has a time in it. */
const PLAIN: ReadonlySet<string> = new Set<OperationName>([
  'CompareFaces', 'DetectFaces', 'CreateCollection', 'ListCollections', 'DeleteCollection', 'IndexFaces', 'ListFaces', 'DeleteFaces',
  'SearchFaces', 'SearchFacesByImage',
])

/** Calls Rekognition at once: analysing a picture takes less time than the SDK's way to it. */
export function rekognitionDirectWay (
  call: (operation: string, input: object) => DirectResult | Promise<DirectResult> | undefined
): DirectWay<RekognitionCommand> {
  return {
    start ({ input, constructor }) {
      const operation = constructor.name.replace(/Command$/, '')
      if (!PLAIN.has(operation)) return undefined
      let json: object
      try {
        json = toJson(input) as object // an object stays one
      } catch {
        return undefined // what cannot be written fails in the SDK's own words
      }
      return call(operation, json)
    },
    read: (_command, output) => toJson(output) as object,
  }
}

/** A copy as the wire would have it: without undefined members, bytes in base64. */
function toJson (value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError('Only plain objects and bytes can be written')
  const copy: Record<string, unknown> = {}
  for (const name in value) {
    const member: unknown = value[name as keyof typeof value]
    if (member !== undefined) copy[name] = toJson(member)
  }
  return copy
}
