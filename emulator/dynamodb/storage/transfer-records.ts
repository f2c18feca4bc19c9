import type { TransferRecord } from './transfers.ts'

export type ExportFormat = 'DYNAMODB_JSON' | 'ION'

export type ExportViewType = 'NEW_AND_OLD_IMAGES' | 'NEW_IMAGE'

/** What an export contains: the table at a time, or the changes between two; epoch ms. */
export type ExportScope =
  | { readonly type: 'FULL_EXPORT', readonly at: number }
  | { readonly type: 'INCREMENTAL_EXPORT', readonly from: number, readonly to: number, readonly view: ExportViewType }

export interface ExportRecord extends TransferRecord {
  readonly scope: ExportScope
  readonly format: ExportFormat
  readonly bucket: string
  readonly bucketOwner?: string
  readonly prefix?: string
  readonly encryption: { readonly algorithm: 'AES256' | 'KMS', readonly kmsKeyId?: string }
  /** The key of the summary of what it wrote. */
  readonly manifestKey?: string
  readonly items: number
  readonly bytes: number
}

/** What an import has read. */
export interface ImportCounts {
  /** Bytes after decompression. */
  readonly bytes: number
  /** Items that were read, with or without errors. */
  readonly processed: number
  readonly imported: number
  readonly errors: number
}

export interface ImportRecord extends TransferRecord, ImportCounts {
  /** As the request has them. */
  readonly source: { readonly S3Bucket: string, readonly S3BucketOwner?: string, readonly S3KeyPrefix?: string }
  readonly format: string
  readonly formatOptions?: object
  readonly compression: string
  readonly tableParameters: object
  readonly logGroupArn: string
}
