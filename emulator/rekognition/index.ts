import type { Context } from '../core/context.ts'
import { serveAwsJson, type AwsJsonService } from '../core/protocol/aws-json.ts'
import { callDirectly, type DirectResult } from '../core/protocol/direct-call.ts'
import { BrokenConstraints, readShape, WrongType, type StructureShape } from '../core/protocol/shape.ts'
import type { Environment, Service } from '../core/service.ts'
import { AccountStores } from '../core/storage/account-stores.ts'
import type { ObjectReader } from '../s3/index.ts'
import { access } from './access.ts'
import { ArrangedAnswers } from './arranged/arranged-answers.ts'
import { facesInMetadata } from './arranged/arranged-faces.ts'
import type { RekognitionContext, RekognitionOperation } from './context.ts'
import { protocolErrors, serialization, validation } from './errors.ts'
import { faults } from './faults.ts'
import { FaceAnalyser } from './faces/face-analyser.ts'
import type { FaceEngine } from './faces/face-engine.ts'
import { AWS_LIMITS, type Limits } from './limits.ts'
import { compareFaces } from './operations/compare-faces.ts'
import { createCollection } from './operations/create-collection.ts'
import { deleteCollection } from './operations/delete-collection.ts'
import { deleteFaces } from './operations/delete-faces.ts'
import { describeCollection } from './operations/describe-collection.ts'
import { detectFaces } from './operations/detect-faces.ts'
import { indexFaces } from './operations/index-faces.ts'
import { listCollections } from './operations/list-collections.ts'
import { listFaces } from './operations/list-faces.ts'
import { searchFaces } from './operations/search-faces.ts'
import { searchFacesByImage } from './operations/search-faces-by-image.ts'
import { CollectionStore } from './collections/store.ts'
import { createStubEngine } from './stub-engine/index.ts'

export type { ArrangedAnswers } from './arranged/arranged-answers.ts'
export type { ArrangedAnswer } from './arranged/arrangement.ts'
export { BadArrangement } from './arranged/bad-arrangement.ts'
export type { FaceEngine } from './faces/face-engine.ts'

/** The whole supported surface; anything else is Rekognition's own UnknownOperationException. */
export type OperationName =
  | 'CompareFaces' | 'DetectFaces'
  | 'CreateCollection' | 'DescribeCollection' | 'ListCollections' | 'DeleteCollection'
  | 'IndexFaces' | 'ListFaces' | 'DeleteFaces' | 'SearchFaces' | 'SearchFacesByImage'

export const operations = {
  CompareFaces: compareFaces,
  CreateCollection: createCollection,
  DeleteCollection: deleteCollection,
  DeleteFaces: deleteFaces,
  DescribeCollection: describeCollection,
  DetectFaces: detectFaces,
  IndexFaces: indexFaces,
  ListCollections: listCollections,
  ListFaces: listFaces,
  SearchFaces: searchFaces,
  SearchFacesByImage: searchFacesByImage,
} satisfies Record<OperationName, RekognitionOperation>

export interface RekognitionOptions {
  /** The store from which images in S3 are read. */
  objects: ObjectReader
  /** Detects the faces. Default: the deterministic stub. */
  engine?: FaceEngine
  limits?: Partial<Limits>
}

/** Rekognition, and its arranged answers. */
export interface RekognitionService extends Service {
  readonly faces: ArrangedAnswers
  /** Runs an operation directly; `undefined` if there is none of that name. */
  call (operation: string, input: object, ctx: Context, causedBy?: string): Promise<DirectResult> | undefined
}

/** Rekognition's operations on images and collections, answered by a face engine or by a test's arrangements. */
export function createRekognition (environment: Environment, options: RekognitionOptions): RekognitionService {
  const limits = { ...AWS_LIMITS, ...options.limits }
  const engine = options.engine ?? createStubEngine(limits)
  const faces = new ArrangedAnswers()
  const stores = new AccountStores({
    service: 'rekognition',
    storage: environment.storage,
    make: ({ database }) => CollectionStore.open(database),
  })
  const analyser = new FaceAnalyser({ objects: options.objects, engine, arranged: [faces, facesInMetadata], limits })
  const service: AwsJsonService<RekognitionContext> = {
    service: 'rekognition',
    operations,
    targetPrefix: 'RekognitionService',
    contentType: 'application/x-amz-json-1.1',
    otherContentTypes: ['application/x-amz-json-1.0', 'application/json'],
    maxBodyBytes: limits.maxBodyBytes,
    checksum: false,
    errors: protocolErrors,
    faults,
    access,
    validate (operation, input, ctx) {
      const read = readInput(operation.types as StructureShape, input) // every operation in the table above has one
      operation.custom?.(read, ctx)
      return read
    },
  }
  async function contextFor (ctx: Context): Promise<RekognitionContext> {
    return { ...ctx, analyser, collections: await stores.get(`${ctx.account}/${ctx.region}`), limits }
  }
  return {
    name: service.service,
    targetPrefix: service.targetPrefix,
    operationNames: Object.keys(operations),
    async handle (request, ctx, origin) {
      return serveAwsJson(service, request, await contextFor(ctx), environment, origin)
    },
    call (name, input, ctx, causedBy) {
      return Object.hasOwn(operations, name)
        ? contextFor(ctx).then((ctx) => callDirectly(service, name, input, ctx, environment, causedBy))
        : undefined
    },
    load: (state) => stores.load(state),
    faces,
    // The faces of pictures are kept: they are the same for all accounts.
    async reset (account) {
      await stores.drop(account)
      faces.clear(account)
    },
    close: () => stores.close(),
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
