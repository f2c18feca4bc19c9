import { createRequire } from 'node:module'
import { Command } from 'commander'
import type { ProcessLike } from '../server/process.ts'

interface Verb {
  name: string
  summary: string
  /** @param on  the process, for a verb that runs until a signal ends it */
  load: (on: ProcessLike) => Promise<Command>
}

/** Every verb, in the order of the help. Each is in its own file, and only the requested one is loaded. */
const verbs: readonly Verb[] = [
  { name: 'start', summary: 'the API and the emulator, with tables and demo data', load: async (on) => (await import('./verbs/start.ts')).startCommand(on) },
  { name: 'emulator', summary: 'only the emulator of DynamoDB, Rekognition and S3', load: async (on) => (await import('./verbs/emulator.ts')).emulatorCommand(on) },
  { name: 'server', summary: 'only the API, on another store', load: async (on) => (await import('./verbs/server.ts')).serverCommand(on) },
  { name: 'tables', summary: 'create, describe or delete the tables of the API', load: async () => (await import('./verbs/tables.ts')).tablesCommand() },
  { name: 'data', summary: 'import and export users, reports and embeddings', load: async () => (await import('./verbs/data.ts')).dataCommand() },
  { name: 'backup', summary: 'create, list and delete backups of tables', load: async () => (await import('./verbs/recovery/backup.ts')).backupCommand() },
  { name: 'restore', summary: 'a new table from a backup, or as a table was at a time', load: async () => (await import('./verbs/recovery/restore.ts')).restoreCommand() },
  { name: 'export', summary: 'write a table, or its changes, to S3', load: async () => (await import('./verbs/recovery/export.ts')).exportCommand() },
  { name: 'import', summary: 'a new table from JSON, Ion or CSV in S3', load: async () => (await import('./verbs/recovery/import.ts')).importCommand() },
  { name: 'migrate-faces', summary: 'migrate face verifications from the history to one record a user', load: async () => (await import('./verbs/migrate-faces.ts')).migrateFacesCommand() },
  { name: 'clock', summary: 'read or move the clock of a running emulator', load: async () => (await import('./verbs/clock.ts')).clockCommand() },
  { name: 'throughput', summary: 'throttle requests, and show what tables may use', load: async () => (await import('./verbs/throughput.ts')).throughputCommand() },
  { name: 'snapshot', summary: 'save and restore the state of a running emulator', load: async () => (await import('./verbs/snapshot.ts')).snapshotCommand() },
  { name: 'seed', summary: 'load the seed folder of a running emulator again', load: async () => (await import('./verbs/seed.ts')).seedCommand() },
  { name: 'reset', summary: 'delete the state of a running emulator', load: async () => (await import('./verbs/reset.ts')).resetCommand() },
  { name: 'faults', summary: 'make calls to a running emulator fail or wait', load: async () => (await import('./verbs/faults.ts')).faultsCommand() },
  { name: 'trace', summary: 'show or follow the AWS calls of a running emulator', load: async () => (await import('./verbs/trace.ts')).traceCommand() },
  { name: 'metrics', summary: 'the CloudWatch metrics of a running emulator', load: async () => (await import('./verbs/cloudwatch/metrics.ts')).metricsCommand() },
  { name: 'alarms', summary: 'the CloudWatch alarms of a running emulator', load: async () => (await import('./verbs/cloudwatch/alarms.ts')).alarmsCommand() },
  { name: 'iam', summary: 'the smallest policy for the calls of a running emulator', load: async () => (await import('./verbs/iam.ts')).iamCommand() },
  { name: 'token', summary: 'a token for any user, from a running emulator', load: async () => (await import('./verbs/token.ts')).tokenCommand() },
  { name: 'scenarios', summary: 'replay the access patterns, and report their cost', load: async () => (await import('./verbs/scenarios.ts')).scenariosCommand() },
  { name: 'cost', summary: 'what DynamoDB charges for the trace, a scenario or a load', load: async () => (await import('./verbs/cost/cost.ts')).costCommand() },
  { name: 'bench', summary: 'measure latency and throughput against the targets', load: async () => (await import('./verbs/bench.ts')).benchCommand() },
]

const EXAMPLES = `
Examples:
  $ npx sandtable start                  everything, on http://127.0.0.1:3000 and http://127.0.0.1:4566
  $ npx sandtable clock advance 31d      a month later
  $ npx sandtable tables create --endpoint http://127.0.0.1:8000

Settings are options of start, emulator and server (--port, --emulator-port, --store ...), environment variables (PORT,
EMULATOR_PORT, STORE ...), or lines of a file .env. An option goes before a variable, and a variable before .env.
Exit status: 0 done, 1 failed, 2 wrong usage.
`

/**
 * The whole command. Verbs that are not in the arguments have only a name and a summary.
 * @param args  the command line, without node and the script
 * @param on    the process that verbs such as `start` run in
 */
export async function buildProgram (args: readonly string[], on: ProcessLike): Promise<Command> {
  // Found by package name, since the relative path differs between sources and build.
  const { version } = createRequire(import.meta.url)('sandtable/package.json') as { version: string }
  const program = new Command('sandtable')
    .description('A backend on DynamoDB, Rekognition and S3, and an emulator of these services, on one machine without an AWS account.')
    .version(version)
    .addHelpText('after', EXAMPLES)
  for (const { name, summary, load } of verbs) {
    program.addCommand(args.includes(name) ? (await load(on)).summary(summary) : new Command(name).summary(summary))
  }
  return program
}
