import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { scenario } from '../kit/scenario.ts'

const CLI = fileURLToPath(new URL(`../../cli/index${extname(import.meta.url)}`, import.meta.url))
const RECORDS = 'migrated-face-records'

export default scenario('operations: the history of validations is migrated to one record a user, from a backup that holds all of it', {
  seed: '001',
  pattern: 'migration',
  environment: { FACE_DESIGN: 'history' },
  async run ({ given, emulator, tables, check }) {
    const [ann, bob] = [given.userId(), given.userId()]
    await given.verifiedUser({ userId: ann })
    await emulator.advance('1h')
    const latest = await given.verifiedUser({ userId: ann })
    await given.verifiedUser({ userId: bob })
    await emulator.dynamodb.send(new CreateTableCommand({
      TableName: RECORDS, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
    }))
    const history = async () => (await emulator.documents.send(new ScanCommand({ TableName: tables.history }))).Items ?? []
    const before = await history()

    const directory = await mkdtemp(join(tmpdir(), 'sandtable-migration-'))
    try {
      const migrate = async (...args: string[]) => {
        // Its own process, as an operator runs it, with the endpoint and the keys of this emulator.
        const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, CLI, 'migrate-faces', '--to', RECORDS, '--json', ...args], {
          cwd: directory,
          env: { ...process.env, AWS_ENDPOINT_URL: emulator.url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'sandtable', AWS_SECRET_ACCESS_KEY: 'sandtable', DYNAMODB_FACE_HISTORY_TABLE: tables.history },
        })
        const { validations, users: { read, migrated, failed }, details: { alreadyThere } } = JSON.parse(stdout) as Summary
        return { validations, read, migrated, failed, alreadyThere }
      }
      check.match(await migrate('--dry-run'), { read: 2, migrated: 2 }, 'a dry run says what would be done')
      check.equal(await readdir(directory), [], 'and writes nothing')
      check.match(await migrate(), { validations: 3, read: 2, migrated: 2, failed: 0, alreadyThere: 0 }, 'three validations of two users')
      const { Items: records = [] } = await emulator.documents.send(new ScanCommand({ TableName: RECORDS }))
      check.equal(records.map(({ userId }) => userId as string).sort(), [ann, bob].sort(), 'one record a user')
      const { faceId, storedFaceKey } = records.find(({ userId }) => userId === ann) ?? {}
      check.equal([typeof faceId, storedFaceKey], ['string', latest.registration.storedFaceKey], 'of the latest success')
      const [backup = ''] = await readdir(directory)
      const lines = (await readFile(join(directory, backup), 'utf8')).trim().split('\n')
      check.equal(lines.length, before.length, 'the backup has every validation')
      check.equal(await history(), before, 'and the history is as it was')
      check.match(await migrate(), { read: 2, failed: 0, alreadyThere: 2 }, 'a second run finds them there')
    } finally {
      await rm(directory, { recursive: true })
    }
  },
})

/** What the command prints with --json. */
interface Summary { validations: number, users: { read: number, migrated: number, failed: number }, details: { alreadyThere: number } }
