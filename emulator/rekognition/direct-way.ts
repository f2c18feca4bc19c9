import type { DirectResult } from '../core/protocol/direct-call.ts'
import type { DirectWay } from '../direct-send.ts'
import type { OperationName } from './index.ts'

interface RekognitionCommand { input: object, constructor: { name: string } }

/** Operations whose JSON answers are also the SDK's outputs; DescribeCollection has a time in its answer. */
const PLAIN: ReadonlySet<string> = new Set<OperationName>([
  'CompareFaces', 'DetectFaces', 'CreateCollection', 'ListCollections', 'DeleteCollection', 'IndexFaces', 'ListFaces', 'DeleteFaces',
  'SearchFaces', 'SearchFacesByImage',
])

/** Calls Rekognition directly: analysing a picture takes less time than the SDK's path to it. */
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
        return undefined // input that cannot be serialized fails with the SDK's error
      }
      return call(operation, json)
    },
    read: (_command, output) => toJson(output) as object,
  }
}

/** A copy as the wire would carry it: without undefined members, bytes in base64. */
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
