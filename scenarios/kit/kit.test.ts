import { test } from 'tap'
import type { TracedCall } from '../../emulator/core/traced-call.ts'
import { loadConfig } from '../../server/config.ts'
import { tableNames } from '../../server/tables.ts'
import { Checks } from './checks.ts'
import { compareCalls, type ExpectedCall } from './expected-calls.ts'
import { drawPortrait } from './portraits.ts'
import { costOfAMillion, loadPriceBook, priceOf } from '../../cost/price-book.ts'
import { createRandom } from './random.ts'
import { reporters } from './reporters/index.ts'
import type { ScenarioResult } from './runner.ts'
import { mean, median, quantile } from './statistics.ts'
import { itemBytes, readUnits, writeUnits } from './units.ts'

const tables = tableNames(loadConfig({}))

test('the units that reads and writes should consume', async (t) => {
  // Source: "DynamoDB item sizes and formats", developer guide.
  t.equal(itemBytes({ name: 'Ada' }), 7, 'names and texts in UTF-8')
  t.equal(itemBytes({ é: 'é' }), 4)
  t.equal(itemBytes({ a: true, b: null, c: undefined }), 4, 'one byte for a boolean or null, nothing for what is not there')
  t.equal(itemBytes({ a: 95.5 }), 4, 'a number: two digits a byte, and one')
  t.equal(itemBytes({ a: -0.25 }), 4, 'a sign is a byte')
  t.equal(itemBytes({ a: 1.25e-9 }), 4, 'an exponent takes no room of its own')
  t.equal(itemBytes({ a: 1700000000 }), 3, 'zeros at the ends are not stored')
  t.equal(itemBytes({ a: [1, 'x'] }), 1 + 3 + (1 + 2) + (1 + 1), 'a list has three bytes, and one for each element')
  t.equal(itemBytes({ a: { b: 'x' } }), 1 + 3 + 1 + 2, 'so has a map')

  const item = (bytes: number) => ({ a: 'x'.repeat(bytes - 1) })
  t.equal(readUnits([]), 0.5, 'nothing costs as much as 4 KB')
  t.equal(readUnits([item(4096)]), 0.5)
  t.equal(readUnits([item(4097)]), 1)
  t.equal(readUnits([item(3000), item(3000)]), 1, 'a page is added up before it is rounded')
  t.equal(readUnits([item(4096)], 'strong'), 1)
  t.equal(writeUnits(item(1024)), 1)
  t.equal(writeUnits(item(1025)), 2)
  t.equal(writeUnits(item(1025), 'transactional'), 4)
})

test('calls are compared with the promised ones', async (t) => {
  const traced = (call: Partial<TracedCall>): TracedCall => ({
    sequence: 1,
    requestId: 'r',
    service: 'dynamodb',
    operation: 'GetItem',
    account: '000000000000',
    region: 'us-east-1',
    startedAt: 0,
    durationMs: 1,
    result: 'ok',
    readUnits: 0,
    writeUnits: 0,
    ...call,
  })
  const get: ExpectedCall = { service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: 0.5 }
  const transact: ExpectedCall = { service: 'dynamodb', operation: 'TransactWriteItems', table: ['faces', 'registrations'], writeUnits: 8 }
  const detect: ExpectedCall = { service: 'rekognition', operation: 'DetectFaces' }
  const made = [
    traced({ operation: 'TransactWriteItems', resource: 'face-verifications,event-registrations', writeUnits: 8 }),
    traced({ service: 'rekognition', operation: 'DetectFaces', resource: 'sandtable/face.jpg' }),
    traced({ resource: 'face-verifications', readUnits: 0.5 }),
  ]
  t.equal(compareCalls([get, detect, transact], made, tables).matches, true, 'in any order')
  t.equal(compareCalls([get, detect], made, tables).matches, false, 'one too many')
  t.equal(compareCalls([get, get, detect, transact], made, tables).matches, false, 'one too few')
  t.equal(compareCalls([{ ...get, table: 'events' }, detect, transact], made, tables).matches, false, 'another table')
  t.equal(compareCalls([{ ...get, readUnits: 1 }, detect, transact], made, tables).matches, false, 'another cost')
  t.equal(compareCalls([{ ...get, index: 'EventIndex' }, detect, transact], made, tables).matches, false, 'not on an index')
  t.equal(compareCalls([get], [traced({ resource: 'face-verifications', readUnits: 0.5, result: 'ThrottlingException' })], tables).matches, false, 'an error')
  t.equal(compareCalls([], [], tables).matches, true)
  t.equal(compareCalls([get, detect], made, { ...tables, faces: 'other' }).diff, [
    '+ dynamodb  TransactWriteItems  event-registrations,face-verifications  0 RCU, 8 WCU',
    '  rekognition  DetectFaces',
    '+ dynamodb  GetItem  face-verifications  0.5 RCU, 0 WCU',
    '- dynamodb  GetItem  other  0.5 RCU, 0 WCU',
  ].join('\n'))
})

test('checks are collected, and report what was found', async (t) => {
  const check = new Checks()
  check.equal([1], [1], 'same')
  check.equal<unknown>(1, '1', 'a number is not a text')
  check.match({ a: 1, b: 2 }, { a: 1 }, 'part of it')
  check.match({ b: 2 }, { a: 1 }, 'not there')
  check.match(undefined, { a: 1 }, 'nothing at all')
  check.ok(true, 'so')
  check.ok(false, 'not so')
  check.notChecked('who knows')
  t.same(check.results.map(({ outcome }) => outcome), ['passed', 'failed', 'passed', 'failed', 'failed', 'passed', 'failed', 'not checked'])
  t.match(check.results[1]?.detail, /1.*!==.*'1'/s)

  const response = { method: 'GET', path: '/x', status: 503, headers: new Headers(), requestId: 'r', sentAt: 0, durationMs: 1 }
  check.status({ ...response, body: { status: 'error', message: 'too busy', data: undefined } }, 200)
  t.match(check.results.at(-1), { what: 'GET /x answers 200', outcome: 'failed', detail: 'it answered 503: too busy' })
})

test('random values can be repeated', async (t) => {
  const draw = (seed: number, name: string) => {
    const random = createRandom(seed, name)
    return Array.from({ length: 5 }, () => random.whole(1000))
  }
  t.same(draw(1, 'a'), draw(1, 'a'))
  t.notSame(draw(1, 'a'), draw(1, 'b'), 'each name has its own')
  t.notSame(draw(1, 'a'), draw(2, 'a'), 'and so has each seed')
  const random = createRandom(1, 'range')
  const values = Array.from({ length: 1000 }, () => random.between(2, 3))
  t.ok(values.every((value) => value >= 2 && value < 3))
  t.ok(Math.abs((mean(values) ?? 0) - 2.5) < 0.05, 'evenly')

  const [one, again, other] = await Promise.all([1, 1, 2].map((seed) => drawPortrait(createRandom(seed, 'portrait'))))
  t.equal(Buffer.compare(one!, again!), 0, 'so can a portrait')
  t.not(Buffer.compare(one!, other!), 0)
})

test('statistics', async (t) => {
  const samples = [5, 1, 4, 2, 3]
  t.same([0, 0.5, 0.8, 0.99, 1].map((share) => quantile(samples, share)), [1, 3, 4, 5, 5])
  t.equal(quantile([], 0.5), undefined)
  t.same([median([3, 1, 2]), median([4, 1, 2, 3]), median([])], [2, 2.5, undefined])
  t.same([mean([1, 2]), mean([])], [1.5, undefined])
})

test('prices', async (t) => {
  const bands = [{ upTo: 100, each: 0 }, { upTo: 200, each: 2 }, { each: 1 }]
  t.same([0, 100, 150, 250].map((units) => priceOf(units, bands)), [0, 0, 100, 250], 'range by range; a free tier is a range at 0')
  const book = await loadPriceBook()
  // Source: aws.amazon.com/dynamodb/pricing/on-demand, us-east-1: 0.125 and 0.625 dollars a million.
  t.match(costOfAMillion(book, { readUnits: 1, writeUnits: 0 }).toFixed(6), '0.125000')
  t.match(costOfAMillion(book, { readUnits: 0.5, writeUnits: 2 }).toFixed(6), '1.312500')
})

test('reports', async (t) => {
  const priceBook = await loadPriceBook()
  const base = { title: 'a title', seed: '001', pattern: 'get one', requests: 1 }
  const results: ScenarioResult[] = [
    {
      ...base,
      name: 'face/a',
      outcome: 'passed',
      p50Ms: 1.25,
      checks: [{ what: 'x', outcome: 'passed' }],
      usage: { calls: 2, readUnits: 0.5, writeUnits: 0, services: { dynamodb: 1, rekognition: 1 } },
    },
    { ...base, name: 'face/b', outcome: 'failed', checks: [{ what: 'what was wanted', outcome: 'failed', detail: 'what was found' }, { what: 'y', outcome: 'passed' }] },
    { ...base, name: 'face/c', outcome: 'skipped', reason: 'no clock', checks: [] },
    { ...base, name: 'face/d', outcome: 'passed', checks: [{ what: 'z', outcome: 'passed' }, { what: 'cost', outcome: 'not checked' }] },
  ]
  const table = reporters.table(results, { seed: 7, priceBook })
  t.match(table, /^ok +face\/a +1 +2 +0\.5 +0 +1\.3 ms +\$0\.06$/m)
  t.match(table, /^FAILED +face\/b +1 of 2 +- +- +- +- +-$/m)
  t.match(table, 'FAILED  face/b (a title)\n  what was wanted\n      what was found')
  t.match(table, 'skipped  face/c: no clock')
  t.match(table, /^ok +face\/d +1 of 2 /m)
  t.match(table, 'NOT CHECKED: 1 checks of AWS calls and their cost')
  t.match(table, 'Calls to rekognition are counted, but the price book has no prices for them.')
  t.match(table, '2 passed, 1 failed, 1 skipped. Seed 7.')

  const json = JSON.parse(reporters.json(results, { seed: 7, priceBook })) as { seed: number, scenarios: Record<string, unknown>[] }
  t.equal(json.seed, 7)
  t.match(json.scenarios[0], { name: 'face/a', outcome: 'passed', dynamodbCostOfAMillion: 0.0625 })
  t.notOk('dynamodbCostOfAMillion' in json.scenarios[1]!, 'what was not measured is not there')
})
