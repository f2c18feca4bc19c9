import type { Image } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'
import { readUnits } from '../kit/units.ts'

export default scenario('images: one image is one GetItem', {
  seed: '002',
  pattern: 'get an image',
  async run ({ api, given, expectCalls, check }) {
    const image = await given.image()
    const path = `/api/images/${image.imageId}`

    const response = await api.get<Image>(`${path}?userId=${image.userId}`)
    check.status(response, 200)
    check.equal(response.body.data, image, 'it is the image')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: readUnits([image]) }])

    const foreign = await api.get(`${path}?userId=${given.userId()}`)
    check.status(foreign, 404)
    await expectCalls(foreign, [{ service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: 0.5 }])
    check.status(await api.get(`/api/images/user_profile?userId=${image.userId}`), 400)
  },
})
