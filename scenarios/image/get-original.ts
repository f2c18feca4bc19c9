import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('images: the original is returned unchanged, whole or in part', {
  seed: '002',
  pattern: 'get the original',
  async run ({ api, given, expectCalls, check }) {
    const image = await given.image()
    const path = `/api/images/${image.imageId}/original?userId=${image.userId}`
    const calls = [
      { service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: readUnits([image]) },
      { service: 's3', operation: 'GetObject' },
    ] as const

    const whole = await api.send('GET', path)
    check.equal(whole.status, 200, 'it is there')
    check.equal(whole.headers.get('content-type'), 'image/jpeg', 'as what it is')
    await expectCalls(whole, calls)

    check.equal(Number(whole.headers.get('content-length')), image.originalFileSize, 'as long as it was')

    const part = await api.send('GET', path, { headers: { range: 'bytes=0-99' } })
    check.equal([part.status, part.headers.get('content-range')], [206, `bytes 0-99/${image.originalFileSize}`], 'a part can be had')
    await expectCalls(part, calls)
    const again = await api.send('GET', path, { headers: { 'if-none-match': whole.headers.get('etag') ?? '' } })
    check.equal([again.status, again.text], [304, ''], 'a client that has it need not fetch it again')
    check.equal((await api.send('GET', path, { headers: { range: 'bytes=99999999-' } })).status, 416, 'beyond its end is nothing')
  },
})
