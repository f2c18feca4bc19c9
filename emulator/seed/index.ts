import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import mime from 'mime'
import type { DirectResult } from '../core/protocol/direct-call.ts'
import type { ArrangedAnswer, ArrangedAnswers } from '../rekognition/index.ts'
import { BadSeed } from './bad-seed.ts'
import { loadIam, type IamTarget } from './iam-seed.ts'
import { objectIn, readJson, readLines, seedFiles, type SeedFile } from './seed-files.ts'

/** How much was loaded. */
export interface SeedSummary { folder: string, tables: number, items: number, buckets: number, objects: number, faces: number, principals: number }

/** Where a seed goes: the default account and region. */
export interface SeedTargets {
  /** Runs an operation of DynamoDB's on JSON as the wire has it. */
  dynamodb: (operation: string, input: object) => DirectResult | Promise<DirectResult> | undefined
  s3: S3Client
  faces: Pick<ArrangedAnswers, 'arrange'>
  iam: IamTarget
}

/** Items that are written at a time. */
const GROUP = 100

/**
 * Loads a seed folder: tables that are not there yet, all its items and objects over what has their keys, and what
 * pictures are to show. What is there besides stays, so that loading it again brings back what it holds and no more.
 *
 * @throws {@link BadSeed} at the first thing that is wrong, with file and line; what came before it is loaded
 */
export async function loadSeed (folder: string, targets: SeedTargets): Promise<SeedSummary> {
  const { tables, items, objects, buckets, faces, iam } = await seedFiles(folder)
  const summary: SeedSummary = { folder, tables: tables.length, items: 0, buckets: buckets.length, objects: objects.length, faces: 0, principals: 0 }
  for (const file of tables) await createTable(file, targets)
  for (const file of items) summary.items += await putItems(file, targets)
  for (const bucket of buckets) await named(`s3/${bucket}`, () => targets.s3.send(new CreateBucketCommand({ Bucket: bucket })))
  for (const { name, path, bucket, key } of objects) {
    const { size } = await stat(path)
    await named(name, () => targets.s3.send(new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: createReadStream(path),
      ContentLength: size,
      ContentType: mime.getType(key) ?? undefined,
    })))
  }
  if (iam) summary.principals = await loadIam(iam.name, await readJson(iam), targets.iam)
  if (faces) summary.faces = await arrangeFaces(faces, targets)
  return summary
}

/** The input of CreateTable; the name may be left to the file's, and TTL is as CloudFormation has it. */
async function createTable ({ name, path, table }: SeedFile & { table: string }, { dynamodb }: SeedTargets): Promise<void> {
  const { TimeToLiveSpecification, TableName = table, ...input } = objectIn(await readJson({ name, path }), name)
  if (TableName !== table) throw new BadSeed(`${name} describes the table ${JSON.stringify(TableName)}, but its name says ${table}`)
  const refused = await refusal(dynamodb('CreateTable', { ...input, TableName }))
  if (refused?.type === 'ResourceInUseException') return
  if (refused) throw new BadSeed(`${name}: ${refused.message}`)
  if (TimeToLiveSpecification === undefined) return
  const notSet = await refusal(dynamodb('UpdateTimeToLive', { TableName, TimeToLiveSpecification }))
  if (notSet) throw new BadSeed(`${name}: ${notSet.message}`)
}

/** Items in DynamoDB's JSON, as they are or as the member `Item`, which is what DynamoDB's own exports have. */
async function putItems (file: SeedFile & { table: string }, { dynamodb }: SeedTargets): Promise<number> {
  let count = 0
  let group: Promise<BadSeed | undefined>[] = []
  // Resolves with the fault: a promise that rejects before it is awaited would end the process.
  async function put (item: unknown, place: string): Promise<BadSeed | undefined> {
    const refused = await refusal(dynamodb('PutItem', { TableName: file.table, Item: item }))
    if (!refused) return undefined
    const isMissing = refused.type === 'ResourceNotFoundException'
    return new BadSeed(`${place}: ${isMissing ? `there is no table ${file.table}; dynamodb/${file.table}.json would describe it` : refused.message}`)
  }
  async function finish (): Promise<void> {
    const wrong = (await Promise.all(group)).find((bad) => bad !== undefined)
    if (wrong) throw wrong
    group = []
  }
  for await (const { place, value } of readLines(file)) {
    group.push(put(value.Item ?? value, place))
    count++
    if (group.length === GROUP) await finish()
  }
  await finish()
  return count
}

async function arrangeFaces (file: SeedFile, { faces }: SeedTargets): Promise<number> {
  const answers = await readJson(file)
  if (!Array.isArray(answers)) throw new BadSeed(`${file.name} is not a JSON array`)
  for (const [index, answer] of answers.entries()) {
    await named(`${file.name} at [${index}]`, () => faces.arrange(answer as ArrangedAnswer)) // which checks it
  }
  return answers.length
}

async function named (place: string, load: () => Promise<unknown>): Promise<void> {
  await load().catch((error: unknown) => {
    throw new BadSeed(`${place}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  })
}

/** AWS's message for why an operation failed. */
async function refusal (call: DirectResult | Promise<DirectResult> | undefined): Promise<{ type: string, message: string } | undefined> {
  const result = await call
  if (!result || !('failure' in result)) return undefined
  if (result.failure instanceof Error) return { type: result.failure.name, message: result.failure.message }
  const { __type = '', message = '' } = JSON.parse(result.failure.body as string) as { __type?: string, message?: string } // an error of the JSON protocol, as text
  return { type: __type.replace(/.*#/, ''), message }
}
