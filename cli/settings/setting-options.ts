import { InvalidArgumentError, Option, type Command } from 'commander'
import { checkSetting, SETTINGS, type Setting, type SettingName } from '../../server/config.ts'
import { SETTING_SUMMARIES } from '../../server/setting-summaries.ts'

/** The verbs that read the settings. */
export type SettingsVerb = 'start' | 'emulator' | 'server'

/** Which settings a verb reads. */
const READS: Readonly<Record<SettingsVerb, (name: SettingName) => boolean>> = {
  start: () => true,
  emulator: (name) => /^(EMULATOR|SANDTABLE)_/.test(name) || name === 'AWS_REGION' || name === 'AWS_ACCOUNT_ID',
  server: (name) => !name.startsWith('EMULATOR_') && name !== 'SANDTABLE_SEED',
}

const HEADING = 'Settings, each an option or an environment variable (options have precedence):'

/** `EMULATOR_PORT` is `--emulator-port`; the prefix of `SANDTABLE_DATA` is left out. */
export const optionName = (name: string): string => `--${name.replace(/^SANDTABLE_/, '').toLowerCase().replaceAll('_', '-')}`

/** Adds an option for each setting that the verb reads. */
export function addSettings (command: Command, verb: SettingsVerb): Command {
  for (const setting of settingsOf(verb)) command.addOption(settingOption(setting, verb))
  return command
}

/** The settings of the command line, by the names of their variables; they have precedence over the environment and `.env`. */
export function givenSettings (command: Command, verb: SettingsVerb): Partial<Record<SettingName, string>> {
  const options = command.opts<Record<string, string | undefined>>()
  const given = settingsOf(verb).map((setting) => [setting.name, options[settingOption(setting, verb).attributeName()]] as const)
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

const settingsOf = (verb: SettingsVerb): Setting[] => SETTINGS.filter(({ name }) => READS[verb](name))

function settingOption ({ name, takes, byDefault, secret }: Setting, verb: SettingsVerb): Option {
  // The verb `emulator` has no other port: --port means --emulator-port there.
  const short = verb === 'emulator' && name.startsWith('EMULATOR_') ? `${optionName(name.slice('EMULATOR_'.length))}, ` : ''
  const option = new Option(`${short}${optionName(name)} <value>`, `${SETTING_SUMMARIES[name]} (${name}${byDefault === undefined ? '' : `, default: ${byDefault}`})`)
    .helpGroup(HEADING)
  // An error of the parser shows the value; a secret is checked with the configuration, which does not.
  if (secret) return option
  return option.argParser((text: string) => {
    if (!checkSetting(name, text)) throw new InvalidArgumentError(`It takes ${takes}.`)
    return text
  })
}
