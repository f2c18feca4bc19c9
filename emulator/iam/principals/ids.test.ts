import fc from 'fast-check'
import t from 'tap'
import { accountInKey, newAccessKeyId } from './ids.ts'

t.test('an access key holds its account', async (t) => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n - 1n }), fc.constantFrom('AKIA' as const, 'ASIA' as const), (number, prefix) => {
    const account = String(number).padStart(12, '0')
    return accountInKey(newAccessKeyId(prefix, account)) === account
  }))
  t.equal(accountInKey(newAccessKeyId('AKIA', '999999999999')), '999999999999')
})

t.test('keys that hold no account', async (t) => {
  t.equal(accountInKey('AKIA7777777777777777'), undefined, 'more than twelve digits')
  for (const key of ['', '123456789012', 'AKIA', 'AKIA777777777777777', 'AKIA77777777777777777', 'AKIA777777777777777a', 'AIDAAAAAAAAAAAAAAAAA']) t.equal(accountInKey(key), undefined, key)
})
