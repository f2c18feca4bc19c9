import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import type { SnapshotInfo } from '../../emulator/index.ts'
import { control, download, emulatorOption } from '../targets/control.ts'
import { columns, jsonOption, printData } from '../output/output.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable snapshot save before            all that the services have, and the time
  $ npx sandtable snapshot restore before         all of it again, in the place of what is there
  $ npx sandtable snapshot list
  $ npx sandtable snapshot download before before.jsonl.gz
  $ npx sandtable snapshot upload elsewhere before.jsonl.gz --emulator http://127.0.0.1:4567
`

/** `sandtable snapshot`: saves and restores the state of a running emulator. */
export function snapshotCommand (): Command {
  const snapshot = new Command('snapshot')
    .description('Saves and restores the state of a running emulator.')
    .addHelpText('after', EXAMPLES)

  snapshot.addCommand(verb('save', 'save the current state')
    .argument('<name>', 'a-z 0-9 . _ -; a snapshot of that name is replaced')
    .action(async (name: string, { emulator }: Options, command: Command) => {
      printInfo(command, 'Saved', await control<SnapshotInfo>(emulator, { method: 'POST', path: '/snapshots', body: { name } }))
    }))
  snapshot.addCommand(verb('list', 'list saved states')
    .action(async ({ emulator }: Options, command: Command) => {
      const { snapshots } = await control<{ snapshots: SnapshotInfo[] }>(emulator, { method: 'GET', path: '/snapshots' })
      printData(command, snapshots, (all) => columns([['name', 'bytes', 'time'], ...all.map(({ name, bytes, clock }) => [name, bytes, clock.now])]))
    }))
  snapshot.addCommand(verb('restore', 'restore a saved state; it replaces all state')
    .argument('<name>')
    .action(async (name: string, { emulator }: Options, command: Command) => {
      printInfo(command, 'Restored', await control<SnapshotInfo>(emulator, { method: 'POST', path: `${pathOf(name)}/restore` }))
    }))
  snapshot.addCommand(verb('delete', 'delete a saved state')
    .argument('<name>')
    .action(async (name: string, { emulator }: Options, command: Command) => {
      printData(command, await control<{ deleted: string }>(emulator, { method: 'DELETE', path: pathOf(name) }), ({ deleted }) => [`Deleted ${deleted}.`])
    }))
  snapshot.addCommand(verb('download', 'write a saved state to a file')
    .argument('<name>')
    .argument('[file]', 'default: <name>.jsonl.gz')
    .action(async (name: string, file: string | undefined, { emulator }: Options, command: Command) => {
      const to = file ?? `${name}.jsonl.gz`
      await pipeline(await download(emulator, { method: 'GET', path: pathOf(name) }), createWriteStream(to))
      printData(command, { name, file: to }, () => [`Wrote ${name} to ${to}.`])
    }))
  snapshot.addCommand(verb('upload', 'upload a saved state from a file')
    .argument('<name>')
    .argument('<file>')
    .action(async (name: string, file: string, { emulator }: Options, command: Command) => {
      printInfo(command, 'Uploaded', await control<SnapshotInfo>(emulator, { method: 'PUT', path: pathOf(name), upload: createReadStream(file) }))
    }))
  return snapshot
}

interface Options { emulator: string }

const verb = (name: string, description: string) => new Command(name).description(description).addOption(emulatorOption()).addOption(jsonOption())

const pathOf = (name: string) => `/snapshots/${encodeURIComponent(name)}`

function printInfo (command: Command, done: string, info: SnapshotInfo): void {
  printData(command, info, ({ name, bytes, clock: { now, frozen } }) => [`${done} ${name}: ${bytes} bytes, ${now}${frozen ? ' (frozen)' : ''}.`])
}
