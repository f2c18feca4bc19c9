import type { ObjectReader } from '../../s3/index.ts'
import { imageTooLarge, invalidParameter, invalidS3Object } from '../errors.ts'
import type { Limits } from '../limits.ts'
import type { Image } from '../shapes.ts'

/** The bytes of an image, and their origin. */
export interface ImageSource {
  readonly bytes: Buffer
  /** Set for an image from S3. */
  readonly object?: {
    readonly bucket: string
    readonly key: string
    /** User metadata, without `x-amz-meta-`. */
    readonly metadata: Readonly<Record<string, string>>
  }
}

/**
 * Reads the image that a request names, by its bytes or by an object in the emulated S3 of the caller's account.
 *
 * @throws InvalidParameterException, InvalidS3ObjectException, ImageTooLargeException
 */
export async function readImage (
  { Bytes: bytes, S3Object: object }: Image, { account, objects, limits }: { account: string, objects: ObjectReader, limits: Limits }
): Promise<ImageSource> {
  if (bytes && object) throw invalidParameter()
  if (bytes) return { bytes }
  if (!object) throw invalidParameter()
  const { Bucket: bucket, Name: key, Version: versionId } = object
  if (bucket === undefined || key === undefined) throw invalidS3Object()
  const found = await objects.read({ account, bucket, key, versionId })
  if (!found) throw invalidS3Object()
  if (found.bytes.length > limits.maxObjectBytes) throw imageTooLarge()
  return { bytes: found.bytes, object: { bucket, key, metadata: found.metadata } }
}
