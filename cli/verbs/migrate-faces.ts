import { Command } from 'commander'
import { systemClock } from '../../server/core/clock.ts'
import { migrateFaces, restoreBackup, type MigrationResult } from '../../server/features/face/migration/migrate-faces.ts'
import { Failure } from '../output/failure.ts'
import { jsonOption, printData, progress } from '../output/output.ts'
import { onStore, withEndpoint, type StoreTarget } from '../targets/store-target.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable migrate-faces --dry-run                 what would be done; nothing is written, not even a file
  $ npx sandtable migrate-faces --endpoint http://127.0.0.1:4566
  $ npx sandtable migrate-faces --from face-verifications --to face-records
  $ npx sandtable migrate-faces --restore face-verifications-history-20261121T120000Z.jsonl

Of each user the latest validation that succeeded is kept, else the latest. The old table is only read. All of it is written
to a backup first, in the form of DynamoDB's own exports. What was interrupted goes on when it is run again in the same
directory. A record that is newer stays. Names come from the validations, else from the registrations, else they are the user id.

Tables, region and endpoint come from the settings: DYNAMODB_FACE_HISTORY_TABLE, DYNAMODB_FACE_VALIDATION_TABLE,
DYNAMODB_REGISTRATIONS_TABLE, FACE_RECORD_TTL_DAYS, AWS_REGION, AWS_ENDPOINT_URL and the SDK's usual credentials.
`

/** Users who cannot be migrated are named; the others are only counted. */
const MOST_TOLD = 100

/** Errors whose message needs no addition. */
const SAID: ReadonlySet<unknown> = new Set(['WrongTable', 'CannotResume', 'DamagedBackup'])

interface Options {
  dryRun?: boolean
  from?: string
  to?: string
  backup?: string
  restore?: string
}

/** `sandtable migrate-faces`: from the history design to the one-record design. */
export function migrateFacesCommand (): Command {
  return withEndpoint(new Command('migrate-faces'))
    .description('Migrates face verifications from the history of validations (seed 000) to one record a user (seed 001).')
    .option('--dry-run', 'only report what would be done')
    .option('--from <table>', 'the history (default: DYNAMODB_FACE_HISTORY_TABLE)')
    .option('--to <table>', 'the table of records, which must exist (default: DYNAMODB_FACE_VALIDATION_TABLE)')
    .option('--backup <file>', 'backup file for the old table (default: a file in this directory, named after the table and the time)')
    .option('--restore <file>', 'instead of migrating, write the items of a backup to the old table; items with the same keys are replaced')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action((options: Options, command: Command) => {
      const odd = (['dryRun', 'to', 'backup'] as const).find((name) => options.restore !== undefined && options[name] !== undefined)
      if (odd) command.error(`error: --restore does not go with --${odd === 'dryRun' ? 'dry-run' : odd}`)
      return onStore(command, (target) => (options.restore === undefined ? migrate(command, target, options) : restore(command, target, options.restore)).catch((error: unknown) => { throw said(error) }))
    })
}

async function migrate (command: Command, { aws, config }: StoreTarget, { dryRun, from, to, backup }: Options): Promise<void> {
  const { tables, recordTtlDays, matchThreshold } = config.face
  let reported = 0
  const result = await migrateFaces({
    aws,
    clock: systemClock,
    tables: { from: from ?? tables.history, to: to ?? tables.faces, registrations: tables.registrations },
    ttlDays: recordTtlDays,
    matchThreshold,
    dryRun,
    directory: process.cwd(),
    backup,
    onProgress: ({ items, read, migrated, failed }, about) =>
      progress(`${items} of about ${Math.max(about, items)} validations: ${read} users, ${migrated} migrated, ${failed} failed`),
    onFailure (userId, reason) {
      reported += 1
      if (reported <= MOST_TOLD) command.configureOutput().writeErr?.(`${userId}: ${reason}\n`)
    },
  })
  const { failed } = result.counts
  printData(command, summaryOf(result, dryRun), () => linesOf(result, dryRun))
  if (failed > 0) throw new Failure(`${failed} of ${result.counts.read} users could not be migrated`)
}

async function restore (command: Command, { aws, config }: StoreTarget, backup: string): Promise<void> {
  const table = command.opts<Options>().from ?? config.face.tables.history
  const restored = await restoreBackup({ aws, table, backup, onProgress: (items) => progress(`${items} restored`) })
  printData(command, { table, restored }, () => [`Restored ${restored} items to ${table}.`])
}

function summaryOf ({ counts, backup, resumed }: MigrationResult, dryRun = false) {
  const { items, read, migrated, newer, expired, failed, ...details } = counts
  return { dryRun, resumed, users: { read, migrated, skipped: newer + expired, failed }, details: { ...details, newer, expired }, validations: items, backup: backup ?? null }
}

function linesOf ({ counts, backup, resumed }: MigrationResult, dryRun = false): string[] {
  const { items, read, migrated, alreadyThere, unnamed, newer, expired, failed } = counts
  const rows: [what: string, users: number, ...details: [number, string][]][] = [
    ['users read', read],
    [dryRun ? 'to migrate' : 'migrated', migrated, [alreadyThere, 'there already'], [unnamed, 'named by their id']],
    ['skipped', newer + expired, [newer, 'with a newer record'], [expired, 'whose validations have expired']],
    [dryRun ? 'would fail' : 'failed', failed],
  ]
  const width = Math.max(...rows.map(([what]) => what.length))
  return [
    ...resumed ? ['Resumed the interrupted migration.'] : [],
    ...rows.map(([what, users, ...details]) => {
      const said = details.filter(([count]) => count > 0).map((detail) => detail.join(' ')).join(', ')
      return `${what.padEnd(width)}  ${users}${said && ` (${said})`}`
    }),
    backup === undefined ? `${items} validations read; nothing was written.` : `${items} validations are in the backup ${backup}`,
  ]
}

function said (error: unknown): unknown {
  const { name, code, path } = error as { name?: string, code?: string, path?: string } // looked at only
  if (SAID.has(name)) return new Failure((error as Error).message, { cause: error }) // by its name
  if (code === 'EEXIST') return new Failure(`${path} already exists and is not overwritten. Name another file with --backup`, { cause: error })
  if (code === 'ENOENT') return new Failure(`There is no file ${path}`, { cause: error })
  return error
}
