import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Command } from 'commander'
import { test } from 'tap'
import { startEmulator } from '../emulator/index.ts'
import { benchCommand } from './verbs/bench.ts'
import { costCommand } from './verbs/cost/cost.ts'
import { scenariosCommand } from './verbs/scenarios.ts'

/** Runs a command as `run()` would; what it prints, or what it refuses with. */
async function given (command: Command, ...args: string[]): Promise<{ out: string, err: string, error?: Error }> {
  const printed = { out: '', err: '' }
  for (const one of [command, ...command.commands]) {
    one.exitOverride().configureOutput({ writeOut: (text) => { printed.out += text }, writeErr: (text) => { printed.err += text } })
  }
  const error = await command.parseAsync(args, { from: 'user' }).then(() => undefined, (error: Error) => error)
  return { ...printed, error }
}

test('sandtable scenarios', async (t) => {
  t.test('runs the named scenarios, with its own API and emulator', async (t) => {
    const { out, error } = await given(scenariosCommand(), 'get-missing', 'create-event', '--seed', '7', '--jobs', '2')
    t.equal(error, undefined)
    t.match(out, /^ok +face\/get-missing +3 +1 +0\.5 +0 .*\$0\.06$/m)
    t.match(out, '2 passed, 0 failed. Seed 7.')
  })

  t.test('reports in JSON', async (t) => {
    const { out } = await given(scenariosCommand(), 'get-missing', '--report', 'json')
    const { scenarios } = JSON.parse(out) as { scenarios: object[] }
    t.match(scenarios, [{ name: 'face/get-missing', outcome: 'passed', usage: { calls: 1, readUnits: 0.5 } }])
  })

  t.test('writes several reports, and prints the table', async (t) => {
    const folder = join(t.testdir(), 'reports')
    const { out } = await given(scenariosCommand(), 'get-missing', '--report', 'junit,html', '--report', 'tap', '--output', folder)
    t.match(out, /^ok +face\/get-missing/m)
    t.same((await readdir(folder)).sort(), ['scenarios.html', 'scenarios.tap', 'scenarios.xml'])
    t.match(await readFile(join(folder, 'scenarios.html'), 'utf8'), 'GetItem')
  })

  t.test('lists them', async (t) => {
    t.match((await given(scenariosCommand(), 'list')).out, /^face\/get-one +001 +get one +face: a user's one record/m)
    const all = JSON.parse((await given(scenariosCommand(), 'list', '--json')).out) as object[]
    t.match(all.find((one) => 'name' in one && one.name === 'face/get-one'), { seed: '001', pattern: 'get one' })
  })

  for (const [args, says] of [
    [['--jobs', '0'], 'whole number from 1 to 64'],
    [['--seed', '-1'], 'whole number'],
    [['--seed', '4294967296'], 'whole number'],
    [['--report', 'xml'], 'Allowed choices are table, junit, json, html, tap'],
    [['--report', 'junit', 'html'], 'several reports need --output'],
    [['--target', 'localhost'], 'It takes a URL'],
    [['--emulator', 'http://127.0.0.1:4566'], '--emulator needs --target'],
    [['no-such-scenario'], 'no scenario matches no-such-scenario'],
    [['--html'], 'unknown option'],
  ] as const) {
    t.test(`refuses ${args.join(' ')}`, async (t) => {
      const { err, error } = await given(scenariosCommand(), ...args)
      t.equal(error?.name, 'CommanderError', 'as wrong usage')
      t.match(err, says)
    })
  }

  t.test('reports that nothing answers at the target', async (t) => {
    const { error } = await given(scenariosCommand(), '--target', 'http://127.0.0.1:9')
    t.match(error, { name: 'Failure', status: 1, message: /^No API answers at http:\/\/127\.0\.0\.1:9/ })
  })
})

test('sandtable cost', async (t) => {
  t.test('prices a described load, on demand and provisioned', async (t) => {
    const load = ['--reads', '10000/day', '--writes', '10000/day', '--item', '1KB', '--storage', '300MB']
    const { out, error } = await given(costCommand(), ...load, '--prices', 'seed-000')
    t.equal(error, undefined)
    t.match(out, /^reads +150000 +read units +\$0\.07\nwrites +300000 +write units +\$0\.36\nstorage /m)
    t.match(out, /^On demand: \$0\.8\d a month\.$/m)
    t.match((await given(costCommand(), ...load, '--gsi', '2', '--provisioned', '--recovery')).out, /^1 WCU, table and 2 indexes +2190 +unit-hours +\$0\.00$[^]*Provisioned: \$[^]*On demand: \$[^]*28\.9 % of the reads/m)
    t.match(JSON.parse((await given(costCommand(), '--writes', '1M/month', '--json')).out), { prices: 'aws-2026-11', onDemand: { total: 0.625 } })
  })

  t.test('prices a scenario at a rate', async (t) => {
    t.match((await given(costCommand(), '--scenario', 'face/get-missing', '--requests', '1M/month')).out, /^face\/get-missing +0\.5 +0 +\$0\.06$/m)
  })

  t.test('prices the trace by table, index and operation', async (t) => {
    const emulator = await startEmulator()
    t.teardown(() => emulator.close())
    t.match((await given(costCommand(), '--emulator', emulator.url!)).out, 'No calls of DynamoDB')
    const { dynamodb } = emulator.clients()
    await dynamodb.send(new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }))
    await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' } } }))
    const { out } = await given(costCommand(), '--emulator', emulator.url!)
    t.match(out, /^orders +PutItem +1 +0 +1 +\$0\.000001 +\$0\.63$[^]*^Prices: aws-2026-11, us-east-1, as of/m)
  })

  for (const [args, says] of [
    [['--reads', '100'], 'It takes a rate such as'],
    [['--reads', '1/s', '--item', '1kilo'], 'It takes a size such as'],
    [['--item', '1KB'], 'a load has --reads'],
    [['--reads', '1/s', '--scenario', 'face'], 'does not go with a described load'],
    [['--requests', '1/s'], '--requests goes with --scenario'],
    [['--scenario', 'no-such-scenario'], 'no scenario matches'],
  ] as const) {
    t.test(`refuses ${args.join(' ')}`, async (t) => {
      const { err, error } = await given(costCommand(), ...args)
      t.equal(error?.name, 'CommanderError', 'as wrong usage')
      t.match(err, says)
    })
  }

  t.test('reports a missing price book', async (t) => {
    t.match((await given(costCommand(), '--reads', '1/s', '--prices', 'mars')).error, { name: 'Failure', status: 2, message: /^There is no price book mars; there are aws-2026-11, / })
    t.match((await given(costCommand(), '--reads', '1/s', '--prices', 'mars.json')).error, { name: 'Failure', status: 2, message: 'There is no file mars.json' })
    t.match((await given(costCommand(), '--reads', '1/s', '--prices', 'seed-003', '--recovery')).error, { name: 'Failure', status: 1, message: /no price of point-in-time recovery/ })
  })
})

test('sandtable bench', async (t) => {
  for (const [args, says] of [
    [['--duration', '1s'], 'at least 5s'],
    [['--duration', '4'], 'at least 5s'],
    [['--duration', '240', '--only', 'no such route'], 'No route has no such route in its name'],
    [['--duration', 'soon'], 'It takes a duration'],
    [['--store', 'disk'], 'Allowed choices are embedded, dynamodb'],
    [['--html', 'x'], 'unknown option'],
    [['--peer', 'x'], 'unknown option'],
  ] as const) {
    t.test(`refuses ${args.join(' ')}`, async (t) => {
      const { err, error } = await given(benchCommand(), ...args)
      t.equal(error?.name, 'CommanderError', 'as wrong usage')
      t.match(err, says)
    })
  }
})
