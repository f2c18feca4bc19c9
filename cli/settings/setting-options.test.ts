import { Command } from 'commander'
import { test } from 'tap'
import { SETTINGS } from '../../server/config.ts'
import { emulatorCommand } from '../verbs/emulator.ts'
import { serverCommand } from '../verbs/server.ts'
import { addSettings, givenSettings, optionName, type SettingsVerb } from './setting-options.ts'
import { startCommand } from '../verbs/start.ts'

/** A verb with the settings alone; what it was given, and what it refuses with. */
async function given (verb: SettingsVerb, ...args: string[]): Promise<{ settings: object, err: string }> {
  const command = addSettings(new Command(verb), verb)
  let err = ''
  command.exitOverride().configureOutput({ writeErr: (text) => { err += text } }).action(() => {})
  await command.parseAsync(args, { from: 'user' }).catch(() => {})
  return { settings: givenSettings(command, verb), err }
}

test('each variable has an option, and each option of the verbs is a variable', async (t) => {
  const all = SETTINGS.map(({ name }) => optionName(name))
  t.equal(new Set(all).size, all.length, 'no two variables have the same option')
  const options = (command: Command) => command.options.map(({ long }) => long!)
  t.strictSame(options(startCommand(process)).filter((long) => long !== '--empty'), all, 'start has them all')
  for (const command of [emulatorCommand(process), serverCommand(process)]) t.strictSame(options(command).filter((long) => !all.includes(long)), [], command.name())
  t.strictSame(options(emulatorCommand(process)).filter((long) => !/^--(emulator-|data$|seed$)/.test(long)), ['--aws-region', '--aws-account-id'])
  t.strictSame(all.filter((long) => !options(serverCommand(process)).includes(long) && !long.startsWith('--emulator-')), ['--seed'], 'nothing listens there but the API')
})

test('the help shows the option, the variable and the default', async (t) => {
  const help = startCommand(process).helpInformation().replace(/\s+/g, ' ')
  for (const { name, byDefault } of SETTINGS) {
    t.ok(help.includes(`${optionName(name)} <value> `), optionName(name))
    t.ok(help.includes(byDefault === undefined ? `(${name})` : `(${name}, default: ${byDefault})`), name)
  }
  t.match(emulatorCommand(process).helpInformation(), '--port, --emulator-port <value>')
})

test('options are returned by the names of the variables', async (t) => {
  t.strictSame(await given('start', '--port', '8000', '--emulator-port=0', '--data', './d', '--face-design', 'history'),
    { settings: { PORT: '8000', EMULATOR_PORT: '0', SANDTABLE_DATA: './d', FACE_DESIGN: 'history' }, err: '' })
  t.strictSame(await given('emulator', '--port', '8000', '--host', '0.0.0.0'), { settings: { EMULATOR_PORT: '8000', EMULATOR_HOST: '0.0.0.0' }, err: '' })
  t.strictSame(await given('emulator', '--emulator-port', '8000'), { settings: { EMULATOR_PORT: '8000' }, err: '' })
  t.strictSame(await given('server', '--port', ''), { settings: { PORT: '' }, err: '' }, 'an empty one takes the variable\'s place with the default')
  t.strictSame((await given('start')).settings, {}, 'nothing that is not given')
})

test('a wrong value is refused with the name of the option, and without the value of a secret', async (t) => {
  t.match(await given('start', '--port', 'abc'), { err: /option '--port <value>' argument 'abc' is invalid. It takes a whole number from 0 to 65535./ })
  t.match(await given('emulator', '--port', '70000'), { err: /argument '70000' is invalid/ })
  t.match(await given('server', '--emulator-port', '1'), { err: /unknown option '--emulator-port'/ })
  t.match(await given('start', '--page-token-secret', 'short'), { err: '' })
})
