import { setTimeout as sleep } from 'node:timers/promises'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Profile } from '../../server/features/image/schemas.ts'
import { scenario } from '../kit/scenario.ts'

const CHECK_MS = 100
/** The server looks at the clock every second. */
const MOST_CHECKS = 300

export default scenario('images: an expired image is subtracted from the counters, and nothing of it is left', {
  seed: '002',
  pattern: 'expired images',
  // It moves the clock.
  environment: {},
  async run ({ api, given, expectCalls, check, emulator, tables: { images: TableName } }) {
    const { userId } = await given.owner()
    const kept = await given.image({ userId })
    const { imageId } = await given.image({ userId })
    check.status(await api.put(`/api/images/${imageId}/ttl?userId=${userId}`, { days: 1 }), 200)
    await emulator.advance('25h')

    const profile = () => api.get<Profile>(`/api/users/${userId}/profile`)
    let response = await profile()
    for (let checks = 0; response.body.data.statistics.totalImages > 1 && checks < MOST_CHECKS; checks++) {
      await sleep(CHECK_MS)
      response = await profile()
    }
    check.match(response.body.data.statistics, { totalImages: 1, totalStorageUsed: kept.originalFileSize }, 'the other one is counted')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: 0.5 }])
    let left: string[] = [imageId]
    for (let checks = 0; left.length > 0 && checks < MOST_CHECKS; checks++) {
      const { Items = [] } = await emulator.documents.send(new ScanCommand({ TableName }))
      left = Items.map(({ imageId: id }) => String(id)).filter((id) => id.includes(imageId))
      if (left.length > 0) await sleep(CHECK_MS)
    }
    check.equal(left, [], 'neither the item nor the entry of its lifetime')
  },
})
