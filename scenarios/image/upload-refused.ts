import type { Image, Profile } from '../../server/features/image/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'

/** The header of a PNG of 50,000 x 50,000 pixels, which would take 10 GB. */
const BOMB = Buffer.from('89504e470d0a1a0a0000000d494844520000c3500000c3500802000000', 'hex')

export default scenario('images: files that are not images, or too large, are refused and leave nothing behind', {
  seed: '002',
  pattern: 'upload',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner()
    const send = (content: Uint8Array, name: string, fields: Record<string, string> = {}) =>
      api.upload('/api/images', { file: new Uint8Array(content), contentType: 'image/jpeg', name, fields: { userId, ...fields } })
    const portrait = await given.portrait()

    const refused: [status: number, response: ReturnType<typeof send>][] = [
      [400, send(Buffer.from('Dear diary'), 'diary.jpg')],
      [400, send(Buffer.alloc(0), 'empty.jpg')],
      [400, send(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:1/"/></svg>'), 'a.svg')],
      [400, send(Buffer.from('GIF89a'), 'animated.gif')],
      [400, send(Buffer.from('II*\0'), 'scan.tiff')],
      [400, send(portrait, 'a.jpg', { tags: 'x'.repeat(2048) })],
      [400, send(portrait, 'a.jpg', { colour: 'red' })],
      [422, send(BOMB, 'bomb.png')],
      [413, send(Buffer.concat([portrait, Buffer.alloc(16 * 1024 * 1024)]), 'long.jpg')],
    ]
    for (const [status, pending] of refused) {
      const response = await pending
      check.status(response, status)
      await expectCalls(response, [])
    }

    const { body: { data: list } } = await api.get<Page<Image>>(`/api/users/${userId}/images`)
    check.equal(list.count, 0, 'there is no image')
    const { body: { data: profile } } = await api.get<Profile>(`/api/users/${userId}/profile`)
    check.match(profile.statistics, { totalImages: 0, totalStorageUsed: 0 }, 'and none was counted')
  },
})
