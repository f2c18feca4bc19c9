import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { systemClock } from '../../server/core/clock.ts'
import { createCheck, DATA_TABLES, type DataTableName } from '../../server/features/report/data/data-tables.ts'
import { exportItems } from '../../server/features/report/data/export-items.ts'
import { importItems, type ImportCounts } from '../../server/features/report/data/import-items.ts'
import { textRecords } from '../../server/features/report/data/text-records.ts'
import { createBulk } from '../../server/features/report/repositories/bulk.ts'
import { createEmbeddings } from '../../server/features/report/repositories/embeddings.ts'
import { Failure, WRONG_USAGE } from '../output/failure.ts'
import { jsonOption, print, printData, progress } from '../output/output.ts'
import { onStore, withEndpoint, type StoreTarget } from '../targets/store-target.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable data export --table users > users.jsonl
  $ npx sandtable data import reports.jsonl --table reports --endpoint http://127.0.0.1:4566
  $ npx sandtable data import reports.jsonl --table reports --continue      after it failed half way
  $ npx sandtable data repair ./data             the emulator refuses to start on it

Files are JSON Lines, or one JSON array. What is refused is in FILE.refused.jsonl, each with its reasons. Tables are those of the ENVIRONMENT, or of DYNAMODB_USERS_TABLE and so on.
`

/** An attribute that all items of a table have, and no other item in it. */
const ATTRIBUTES: Readonly<Record<DataTableName, string>> = { users: 'user_id', reports: 'id', embeddings: 'model_version' }

const DEFAULT_SEGMENTS = 4
const MOST_SEGMENTS = 64
/** Items between two lines of progress. */
const PROGRESS_STEP = 5000

/** `sandtable data`: many users, reports or embeddings at once. */
export function dataCommand (): Command {
  const data = new Command('data')
    .description('Imports and exports users, reports and embeddings, in an AWS account or at any DynamoDB endpoint; repairs a data directory.')
    .addHelpText('after', EXAMPLES)

  data.addCommand(withEndpoint(new Command('import'))
    .description('write the records of a file, 25 at a time; existing records with the same keys are replaced')
    .argument('<file>', 'JSON Lines, or one JSON array')
    .addOption(tableOption())
    .option('--continue', 'resume a failed import of the same file')
    .addOption(jsonOption())
    .action((file: string, options: { table: DataTableName, continue?: boolean }, command: Command) =>
      onStore(command, (target) => importFile(command, { ...target, ...options, file }))))

  data.addCommand(withEndpoint(new Command('export'))
    .description('print all records as JSON Lines, then count the table as a check')
    .addOption(tableOption())
    .option('--segments <number>', 'segments of the table that are read in parallel', wholeSegments, DEFAULT_SEGMENTS)
    .action((options: { table: DataTableName, segments: number }, command: Command) =>
      onStore(command, (target) => exportTable(command, { ...target, ...options }))))

  data.addCommand(new Command('repair')
    .description('repair the damaged data directory of a stopped emulator, and report what is lost')
    .argument('<dir>', 'the directory that --data or SANDTABLE_DATA names')
    .addOption(jsonOption())
    .action(async (dir: string, _options: object, command: Command) => {
      const { repairState } = await import('../../emulator/core/storage/repair-state.ts')
      printData(command, await repairState(dir), ({ lost, copy }) => lost.length === 0
        ? [`${dir} is not damaged`]
        : [`${dir} is repaired. Damaged or lost:`, ...lost.map((line) => `  ${line}`), ...copy === undefined ? [] : [`The original files are in ${copy}: delete it when you no longer need it`]])
    }))

  return data
}

const tableOption = () => new Option('--table <table>', 'which').choices(DATA_TABLES).makeOptionMandatory()

/** How far an import is, beside its file while it runs and after it has failed. */
interface Mark { table: string, bytes: number, done: number }

async function importFile (command: Command, { aws, config, table, file, continue: goesOn = false }: StoreTarget & { table: DataTableName, file: string, continue?: boolean }): Promise<void> {
  const { tables } = config.report
  const { size: bytes } = await stat(file).catch((error: unknown) => {
    throw new Failure(`There is no file ${file}`, { status: WRONG_USAGE, cause: error })
  })
  const markFile = `${file}.import.json`
  const refusedFile = `${file}.refused.jsonl`
  const mark: Mark = { table: tables[table], bytes, done: goesOn ? await readMark(markFile, { table: tables[table], bytes }) : 0 }
  await rm(refusedFile, { force: true })

  let reported = 0
  const counts = await importItems({
    records: textRecords(createReadStream(file, 'utf8')),
    check: createCheck(table),
    bulk: createBulk(aws.documents, tables[table]),
    embeddings: createEmbeddings(aws.documents, { table: tables.embeddings, clock: systemClock }),
    done: mark.done,
    onRefused: (refused) => appendFile(refusedFile, `${JSON.stringify(refused)}\n`),
    async onProgress (counts) {
      mark.done = Math.max(mark.done, counts.read)
      await writeFile(markFile, JSON.stringify(mark))
      if (counts.read - reported < PROGRESS_STEP) return
      reported = counts.read
      progress(`${counts.read} read, ${counts.written} written, ${counts.refused} refused`)
    },
  }).catch((error: unknown) => {
    const how = mark.done > 0 ? `. The first ${mark.done} records are done; --continue resumes after them` : ''
    throw new Failure(`${error instanceof Error ? error.message : String(error)}${how}`, { cause: error })
  })
  await rm(markFile, { force: true })

  printData(command, { table: tables[table], ...counts, refusedFile: counts.refused > 0 ? refusedFile : null }, lines(tables[table]))
  if (counts.refused > 0) throw new Failure(`${counts.refused} of ${counts.read} records were refused: ${refusedFile} has each with its reasons`)
}

const lines = (table: string) => ({ read, written, before, refused }: ImportCounts): string[] =>
  [`${table}: ${read} read, ${written} written${before > 0 ? `, ${before} written before` : ''}, ${refused} refused`]

async function readMark (markFile: string, wanted: Omit<Mark, 'done'>): Promise<number> {
  const text = await readFile(markFile, 'utf8').catch((error: unknown) => {
    throw new Failure('There is no failed import of this file to resume', { status: WRONG_USAGE, cause: error })
  })
  const { table, bytes, done } = JSON.parse(text) as Mark // written above
  if (table !== wanted.table || bytes !== wanted.bytes) {
    throw new Failure(`The failed import was of ${bytes} bytes into ${table}; this one is of ${wanted.bytes} into ${wanted.table}`, { status: WRONG_USAGE })
  }
  return done
}

async function exportTable (command: Command, { aws, config, table, segments }: StoreTarget & { table: DataTableName, segments: number }): Promise<void> {
  const name = config.report.tables[table]
  let reported = 0
  const { exported, counted } = await exportItems({
    bulk: createBulk(aws.documents, name),
    attribute: ATTRIBUTES[table],
    segments,
    async write (lines) {
      print(command, lines.trimEnd())
      if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
    },
    onProgress (items) {
      if (items - reported < PROGRESS_STEP) return
      reported = items
      progress(`${name}: ${items} exported`)
    },
  })
  progress(`${name}: ${exported} exported, ${counted} counted`)
  if (exported !== counted) throw new Failure(`${exported} items of ${name} were exported, but it now has ${counted}: it was written to during the export`)
}

function wholeSegments (text: string): number {
  const value = /^\d{1,3}$/.test(text) ? Number(text) : NaN
  if (!(value >= 1 && value <= MOST_SEGMENTS)) throw new InvalidArgumentError(`It takes a whole number from 1 to ${MOST_SEGMENTS}.`)
  return value
}
