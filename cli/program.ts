import { createRequire } from 'node:module'
import { Command } from 'commander'

interface Verb {
  name: string
  summary: string
  load: () => Promise<Command>
}

/** Every verb, in the order of the help. Each is a file of its own, and only the one that is asked for is loaded. */
const verbs: readonly Verb[] = [
  { name: 'start', summary: 'the API and the emulator, with tables and demo data', load: async () => (await import('./start.ts')).startCommand() },
  { name: 'emulator', summary: 'only the emulator of DynamoDB, Rekognition and S3', load: async () => (await import('./emulator.ts')).emulatorCommand() },
  { name: 'server', summary: 'only the API, on a store of your own', load: async () => (await import('./server.ts')).serverCommand() },
  { name: 'tables', summary: 'create, describe or delete the tables of the API', load: async () => (await import('./tables.ts')).tablesCommand() },
  { name: 'clock', summary: 'read or move the clock of a running emulator', load: async () => (await import('./clock.ts')).clockCommand() },
  { name: 'snapshot', summary: 'save the state of a running emulator, and put it back', load: async () => (await import('./snapshot.ts')).snapshotCommand() },
  { name: 'reset', summary: 'drop the state of a running emulator', load: async () => (await import('./reset.ts')).resetCommand() },
  { name: 'token', summary: 'a token for anybody, of a running emulator\'s issuer', load: async () => (await import('./token.ts')).tokenCommand() },
  { name: 'scenarios', summary: 'replay the access patterns, and tell what they cost', load: async () => (await import('./scenarios.ts')).scenariosCommand() },
  { name: 'bench', summary: 'measure latency and throughput against the targets', load: async () => (await import('./bench.ts')).benchCommand() },
]

const EXAMPLES = `
Examples:
  $ npx sandtable start                  everything, on http://127.0.0.1:3000 and http://127.0.0.1:4566
  $ npx sandtable clock advance 31d      a month later
  $ npx sandtable tables create --endpoint http://127.0.0.1:8000

Settings are environment variables, or lines of a file .env: HOST, PORT, EMULATOR_HOST, EMULATOR_PORT, STORE and more.
Exit status: 0 done, 1 failed, 2 wrong usage.
`

/**
 * The whole command. Verbs that the arguments do not name are there by name and summary only.
 *
 * @param args  the command line, without node and the script
 */
export async function buildProgram (args: readonly string[]): Promise<Command> {
  // By its own name, since the file is nearer from the sources than from what is built of them.
  const { version } = createRequire(import.meta.url)('sandtable/package.json') as { version: string }
  const program = new Command('sandtable')
    .description('A backend on DynamoDB, Rekognition and S3, and the AWS it stands on, on one machine with no account.')
    .version(version)
    .addHelpText('after', EXAMPLES)
  for (const { name, summary, load } of verbs) {
    program.addCommand(args.includes(name) ? (await load()).summary(summary) : new Command(name).summary(summary))
  }
  return program
}
