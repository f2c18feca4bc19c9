import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('images: the processed image is returned when it exists', {
  seed: '002',
  pattern: 'get the processed image',
  async run ({ api, given, expectCalls, check }) {
    const image = await given.image()
    const path = `/api/images/${image.imageId}/processed?userId=${image.userId}`
    const calls = [
      { service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: readUnits([image]) },
      { service: 's3', operation: 'GetObject' },
    ] as const

    const whole = await api.send('GET', path)
    check.equal(whole.status, 200, 'it is there')
    check.equal(whole.headers.get('content-type'), 'image/jpeg', 'as what it is')
    await expectCalls(whole, calls)

    const failed = await given.image({ file: (await given.portrait()).slice(0, 5000) })
    check.status(await api.get(`/api/images/${failed.imageId}/processed?userId=${failed.userId}`), 409)
  },
})
