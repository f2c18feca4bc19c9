import { test } from 'tap'
import { isId, keyPart } from './ids.ts'

test('an id is any text of 1 to 256 characters without control characters', (t) => {
  for (const id of ['a', 'auth0|5f7', 'SKU/1', 'a b', '#', '%', '..', 'x'.repeat(256), '\u{1F600}'.repeat(256), 'é']) t.ok(isId(id), id.slice(0, 20))
  for (const id of ['', 'x'.repeat(257), '\u{1F600}'.repeat(257), 'a\0b', 'a\nb', '\t', '\x7f', '\x85', '\ud800', 7, undefined]) t.notOk(isId(id), JSON.stringify(id)?.slice(0, 20))
  t.end()
})

test('an id as a part of a key', (t) => {
  t.strictSame(['user123', 'auth0|5f7', 'a b', 'a.b:c@d-e_f'].map(keyPart), ['user123', 'auth0|5f7', 'a b', 'a.b:c@d-e_f'], 'is as it is where it can be')
  t.strictSame(['SKU/1', 'a#b', '50%', '.', '..'].map(keyPart), ['SKU%2F1', 'a%23b', '50%25', '%2E', '%2E%2E'])
  const ids = ['a/b', 'a%2Fb', 'a#b', 'a%23b', '%', '%25', '.', '..', '%2E', '#'.repeat(256), '/'.repeat(256), '\u{1F600}'.repeat(256), `${'\u{1F600}'.repeat(255)}a`]
  ids.push(keyPart(ids.at(-1)!))
  t.equal(new Set(ids.map(keyPart)).size, ids.length, 'no two ids share one')
  t.ok(ids.every((id) => !/[#/]/.test(keyPart(id)) && Buffer.byteLength(keyPart(id)) <= 768), 'it holds no separator, and fits')
  t.end()
})
