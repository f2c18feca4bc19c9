import { createHash } from 'node:crypto'
import type { VersionRecord } from './records.ts'

/** The id of a version that was stored while its bucket had no versioning, or had it suspended. */
export const NULL_VERSION = 'null'

/** Base 32, in the order of its digits' characters; ten digits are 50 bits. */
const ORDER_DIGITS = 10
const LAST = 2 ** 48
const LENGTH = 32

/** Sorts the versions of a key: the newest first. */
export const orderOf = (sequence = 0): string => (LAST - sequence).toString(32).padStart(ORDER_DIGITS, '0')

/**
 * The id of a version: 32 characters, as on AWS. It begins with its place in the order, so that the version is found by its id.
 * @param sequence  which version of the account it is
 */
export function makeVersionId (sequence: number): string {
  const rest = createHash('sha256').update(`version ${sequence}`).digest('base64').replaceAll('+', '.').replaceAll('/', '_')
  return orderOf(sequence) + rest.slice(0, LENGTH - ORDER_DIGITS)
}

/** Where the version with an id is in the order of its key. */
export const orderIn = (versionId: string): string => versionId.slice(0, ORDER_DIGITS)

/** Whether it is the id of a version, which may have been deleted. S3, too, recognizes ids that it never made. */
export const isVersionId = (text: string): boolean =>
  text === NULL_VERSION || (text.length === LENGTH && makeVersionId(LAST - parseInt(orderIn(text), 32)) === text)

export const versionIdOf = ({ versionId }: VersionRecord): string => versionId ?? NULL_VERSION
