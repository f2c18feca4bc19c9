import * as sdk from '@aws-sdk/client-dynamodb'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { testEmulator } from '../test-support/emulator.ts'
import { operations } from './index.ts'

/** The project's folder; the tests also run as built JavaScript, one folder below it. */
const root = import.meta.dirname.replace(/[\\/](\.test-build[\\/])?emulator[\\/]dynamodb$/, '')

/** The operations of AWS's SDK. */
const KNOWN = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []).sort()

test('every operation of the SDK is built, or GAPS.md lists it as refused, and the emulator refuses it as AWS refuses what it does not know', async (t) => {
  const gaps = await readFile(join(root, 'emulator/dynamodb/GAPS.md'), 'utf8')
  const [, sentence = ''] = /Refused with `UnknownOperationException`:([^.]*)\./.exec(gaps) ?? []
  const listed = [...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name!).sort()
  t.ok(KNOWN.length >= 57 && listed.length > 0, `${KNOWN.length} operations, ${listed.length} refused`)
  t.strictSame(KNOWN.filter((name) => !Object.hasOwn(operations, name)), listed.filter((name) => KNOWN.includes(name)), 'what is not built is listed')
  t.strictSame(listed.filter((name) => Object.hasOwn(operations, name)), [], 'nothing is listed that is built')
  t.strictSame(Object.keys(operations).filter((name) => !KNOWN.includes(name)), [], 'nothing is built that AWS does not have')
  const { url } = await testEmulator(t)
  for (const name of listed) {
    const answer = await fetch(url!, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${name}`, 'x-amz-date': '20260301T120000Z', authorization: 'AWS4-HMAC-SHA256 Credential=x/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x' },
      body: '{}',
    })
    t.match([answer.status, await answer.json()], [400, { __type: /#UnknownOperationException$/ }], name)
  }
})

test('GAPS.md says what each operation does that only keeps state or answers as to an account without', async (t) => {
  const gaps = await readFile(join(root, 'emulator/dynamodb/GAPS.md'), 'utf8')
  const rows = gaps.slice(gaps.indexOf('| operations | answer |')).split('\n\n')[0]!.split('\n').slice(2)
  const named = rows.flatMap((row) => row.split('|')[1]!.split(',').map((name) => name.trim()))
  t.ok(named.length > 10)
  for (const name of named) t.ok(Object.hasOwn(operations, name), name)
})
