import { InvalidArgumentError } from 'commander'

/** A place in S3. */
export interface S3Place { bucket: string, prefix: string }

/** Reads `s3://bucket/prefix`; the prefix may be empty. */
export function parseS3 (text: string): S3Place {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? []
  if (bucket === undefined) throw new InvalidArgumentError('It takes a place such as s3://backups/daily')
  return { bucket, prefix }
}

/** Reads a time of ISO 8601; without a zone it is local time, as in the AWS CLI. */
export function parseTime (text: string): Date {
  const time = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime())) throw new InvalidArgumentError('It takes a time such as 2025-09-30T10:00:00Z')
  return time
}

/** Reads `latest`, or a time. */
export function parseRestoreTime (text: string): 'latest' | Date {
  if (text === 'latest') return text
  try {
    return parseTime(text)
  } catch {
    throw new InvalidArgumentError('It takes "latest", or a time such as 2025-09-30T10:00:00Z')
  }
}

/** A table's name or ARN. */
export const tableNameOf = (table: string) => /^arn:[^/]*:table\/([^/]+)/.exec(table)?.[1] ?? table
