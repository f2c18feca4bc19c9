import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { Parser } from 'tap-parser'
import { test } from 'tap'
import { loadPriceBook } from '../../../cost/price-book.ts'
import type { MeasuredRequest, ScenarioResult } from '../runner.ts'
import { reporters } from './index.ts'

const base = { seed: '001', pattern: 'get one', requests: 1, checks: [], durationMs: 1500 }
const timeline: MeasuredRequest[] = [{
  method: 'GET',
  path: '/api/x?a=1&b=<2>',
  status: 200,
  atMs: 10,
  durationMs: 5,
  calls: [
    { service: 'dynamodb', operation: 'Query', resource: 'faces', index: 'ByTime', afterMs: 0, durationMs: 1, readUnits: 2, writeUnits: 0, result: 'ok' },
    { service: 's3', operation: 'GetObject', resource: 'pictures', afterMs: 2, durationMs: 1, readUnits: 0, writeUnits: 0, result: 'NoSuchKey' },
  ],
}]
const results: ScenarioResult[] = [
  { ...base, name: 'face/a', title: 'one # & "two" <three>', outcome: 'passed', checks: [{ what: 'x', outcome: 'passed' }], timeline, usage: { calls: 2, readUnits: 2, writeUnits: 0, services: { dynamodb: 1, s3: 1 } } },
  { ...base, name: 'face/b', title: 'fails', outcome: 'failed', reason: 'ECONNREFUSED', checks: [{ what: 'what was wanted', outcome: 'failed', detail: '+ 1\n- \u0001<2> ]]>' }] },
  { ...base, name: 'chat/c', title: 'is skipped', outcome: 'skipped', reason: 'no clock # here' },
]

test('JUnit XML is well-formed, with a suite for each folder', (t) => {
  const xml = reporters.junit(results)
  t.equal(XMLValidator.validate(xml), true)
  const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml) as { testsuites: object }
  t.match(testsuites, {
    tests: '3',
    failures: '1',
    skipped: '1',
    time: '4.500',
    testsuite: [
      {
        name: 'face',
        tests: '2',
        failures: '1',
        testcase: [{ classname: 'face', name: 'face/a: one # & "two" <three>' }, { failure: { message: 'what was wanted; it ended with an error', '#text': /\+ 1\n- \uFFFD<2> \]\]>[^]*ECONNREFUSED/ } }],
      },
      { name: 'chat', testcase: { skipped: { message: 'no clock # here' } } },
    ],
  })
  t.end()
})

test('TAP is read by a parser of TAP as it was meant', (t) => {
  const tap = reporters.tap(results)
  const points: object[] = []
  const parser = new Parser()
  parser.on('assert', (point: object) => points.push(point))
  parser.end(tap)
  t.match(parser.results, { count: 3, fail: 1, skip: 1, plan: { end: 3 }, failures: [{ diag: { failures: [{ what: 'what was wanted' }, { detail: 'ECONNREFUSED' }] } }] })
  t.match(points, [{ ok: true, name: 'face/a: one # & "two" <three>' }, { ok: false }, { skip: 'no clock # here' }])
  t.end()
})

test('the HTML is one page without outside references, in which everything is escaped', async (t) => {
  const html = reporters.html(results, { seed: 7, priceBook: await loadPriceBook() })
  t.notMatch(html, /\b(src|href)=|url\(|@import|https?:/)
  t.notMatch(html, '<three>')
  t.match(html, 'one # &amp; &quot;two&quot; &lt;three&gt;')
  t.match(html, /GET \/api\/x\?a=1&amp;b=&lt;2&gt;<td class="n">200<td class="n"><td class="n">\$0.25<td class="n">5.0 ms/, 'a request with the cost of its calls')
  t.match(html, /dynamodb Query faces\/ByTime<td class="n"><td class="n">2 RCU, 0 WCU<td class="n">\$0.25/)
  t.match(html, /s3 GetObject pictures<td class="n">NoSuchKey/)
  t.match(html, /left:0.00%;width:100.00%/, 'the request is as wide as the line')
  t.match(html, /left:40.00%;width:20.00%/, 'the second call begins after 2 of 5 ms')
  t.match(html, 'Skipped: no clock # here')
})
