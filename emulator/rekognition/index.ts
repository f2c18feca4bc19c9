import { serveAwsJson, type AwsJsonService } from '../core/protocol/aws-json.ts'
import { BrokenConstraints, readShape, WrongType, type StructureShape } from '../core/protocol/shape.ts'
import type { Environment, Service } from '../core/service.ts'
import type { ObjectReader } from '../s3/index.ts'
import { facesInMetadata } from './arranged-faces.ts'
import type { RekognitionContext, RekognitionOperation } from './context.ts'
import { protocolErrors, serialization, validation } from './errors.ts'
import { FaceAnalyser } from './face-analyser.ts'
import type { FaceEngine } from './face-engine.ts'
import { AWS_LIMITS, type Limits } from './limits.ts'
import { compareFaces } from './operations/compare-faces.ts'
import { detectFaces } from './operations/detect-faces.ts'
import { createStubEngine } from './stub-engine/index.ts'

export type { FaceEngine } from './face-engine.ts'

/** The whole supported surface; anything else is Rekognition's own UnknownOperationException. */
export type OperationName = 'CompareFaces' | 'DetectFaces'

export const operations = {
  CompareFaces: compareFaces,
  DetectFaces: detectFaces,
} satisfies Record<OperationName, RekognitionOperation>

export interface RekognitionOptions {
  /** Where images in S3 are read. */
  objects: ObjectReader
  /** What sees the faces. Default: the deterministic stub. */
  engine?: FaceEngine
  limits?: Partial<Limits>
}

/** Rekognition's operations on images, answered by a face engine or as a test has arranged. */
export function createRekognition (environment: Environment, options: RekognitionOptions): Service {
  const limits = { ...AWS_LIMITS, ...options.limits }
  const engine = options.engine ?? createStubEngine(limits)
  const analyser = new FaceAnalyser({ objects: options.objects, engine, arranged: [facesInMetadata], limits })
  const service: AwsJsonService<RekognitionContext> = {
    service: 'rekognition',
    operations,
    targetPrefix: 'RekognitionService',
    contentType: 'application/x-amz-json-1.1',
    maxBodyBytes: limits.maxBodyBytes,
    checksum: false,
    errors: protocolErrors,
    validate: ({ types }, input) => readInput(types as StructureShape, input), // every operation in the table above has one
  }
  return {
    name: service.service,
    targetPrefix: service.targetPrefix,
    handle: (request, ctx, origin) => serveAwsJson(service, request, { ...ctx, analyser, limits }, environment, origin),
    // Nothing is kept of a call but the signatures of pictures, which are the same for everybody.
    reset: async () => {},
    close: async () => {},
  }
}

function readInput (types: StructureShape, input: unknown): unknown {
  try {
    return readShape(types, input)
  } catch (error) {
    if (error instanceof WrongType) throw serialization(error.message)
    if (error instanceof BrokenConstraints) throw validation(error.message)
    throw error
  }
}
