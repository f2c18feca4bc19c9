import { Command } from 'commander'
import { control, emulatorOption } from '../targets/control.ts'
import { jsonOption, printData } from '../output/output.ts'

const EXAMPLES = `
Examples:
  $ npx sandtable start --seed ./seed      loads it at the start
  $ npx sandtable reset && npx sandtable seed
                                           back to what the folder holds
`

interface Summary { folder: string, tables: number, items: number, buckets: number, objects: number, faces: number, principals: number }

/** `sandtable seed`: a running emulator loads its seed folder again. */
export function seedCommand (): Command {
  return new Command('seed')
    .description('Makes a running emulator load its seed folder (SANDTABLE_SEED or --seed) again.')
    .addOption(emulatorOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async ({ emulator }: { emulator: string }, command: Command) => {
      const summary = await control<Summary>(emulator, { method: 'POST', path: '/seed' })
      printData(command, summary, ({ folder, tables, items, buckets, objects, faces, principals }) =>
        [`Loaded ${folder}. Tables: ${tables}, items: ${items}, buckets: ${buckets}, objects: ${objects}, arranged pictures: ${faces}, users, groups, roles and policies: ${principals}.`])
    })
}
