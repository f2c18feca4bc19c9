import type { Command } from 'commander'

/** For the verb that stands for no verb at all, and so gets every wrong one: says which there are. */
export function refuseVerb (parent: Command, byDefault: Command): void {
  if (byDefault.args.length > 0) {
    byDefault.error(`error: unknown command '${byDefault.args[0]}'; the commands are ${parent.commands.map((one) => one.name()).join(', ')}`)
  }
}
