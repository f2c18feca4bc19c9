import { IAMClient } from '@aws-sdk/client-iam'
import { STSClient } from '@aws-sdk/client-sts'
import type { Test } from 'tap'
import type { Emulator } from '../../index.ts'

export interface Credentials { accessKeyId: string, secretAccessKey: string, sessionToken?: string }

/** The key of the environment, which is the account's root. */
export const ROOT: Credentials = { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' }

/** What every client of the SDK is made with, over the wire. */
export const configOf = (emulator: Pick<Emulator, 'url'>, credentials: Credentials) => ({ region: 'us-east-1', endpoint: emulator.url, credentials, maxAttempts: 1 })

/** Clients of IAM and STS over the wire, closed by the test's teardown. */
export function accessClients (t: Test, emulator: Pick<Emulator, 'url'>, credentials: Credentials = ROOT): { iam: IAMClient, sts: STSClient } {
  const iam = new IAMClient(configOf(emulator, credentials))
  const sts = new STSClient(configOf(emulator, credentials))
  t.teardown(() => { iam.destroy(); sts.destroy() })
  return { iam, sts }
}

/** Temporary credentials as STS answers them, in the form that clients take. */
export const fromSts = (given: { AccessKeyId?: string, SecretAccessKey?: string, SessionToken?: string } | undefined): Credentials =>
  ({ accessKeyId: given!.AccessKeyId!, secretAccessKey: given!.SecretAccessKey!, sessionToken: given!.SessionToken }) // an answer of STS has them

/** A policy of the current version. */
export const policy = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements })
