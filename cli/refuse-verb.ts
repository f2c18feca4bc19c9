import type { Command } from 'commander'

/** For the verb that runs by default, and so gets every unknown one: lists the verbs. */
export function refuseVerb (parent: Command, byDefault: Command): void {
  if (byDefault.args.length > 0) {
    byDefault.error(`error: unknown command '${byDefault.args[0]}'; the commands are ${parent.commands.map((one) => one.name()).join(', ')}`)
  }
}
