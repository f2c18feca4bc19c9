import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AttachUserPolicyCommand, CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, PutRolePolicyCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { S3Client } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import type { Emulator } from '../../../index.ts'
import { accessClients, configOf, type Credentials } from '../../test-support/clients.ts'

export type ServiceClients = ReturnType<typeof clientsOf>

/** Clients of every service over the wire, with signatures. */
export function clientsOf (t: Test, emulator: Pick<Emulator, 'url'>, credentials?: Credentials) {
  const access = accessClients(t, emulator, credentials)
  const config = configOf(emulator, credentials ?? { accessKeyId: 'sandtable', secretAccessKey: 'sandtable' })
  const dynamodb = new DynamoDBClient(config)
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  const rekognition = new RekognitionClient(config)
  t.teardown(() => { for (const client of [dynamodb, s3, rekognition]) client.destroy() })
  return { ...access, dynamodb, s3, rekognition }
}

/** Makes a user with an inline policy and a key. */
export async function makeUser (t: Test, emulator: Pick<Emulator, 'url'>, name: string, policy?: string, attached?: string): Promise<Credentials> {
  const { iam } = accessClients(t, emulator)
  await iam.send(new CreateUserCommand({ UserName: name }))
  if (policy !== undefined) await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: policy }))
  if (attached !== undefined) await iam.send(new AttachUserPolicyCommand({ UserName: name, PolicyArn: attached }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: name }))
  return { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey! }
}

/** Makes a role with an inline policy. @returns its ARN */
export async function makeRole (t: Test, emulator: Pick<Emulator, 'url'>, name: string, trust: string, policy: string): Promise<string> {
  const { iam } = accessClients(t, emulator)
  const { Role: role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }))
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument: policy }))
  return role!.Arn!
}
