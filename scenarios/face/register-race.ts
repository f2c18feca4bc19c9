import type { Registration } from '../../server/features/face/schemas.ts'
import type { Page } from '../kit/api-client.ts'
import { scenario } from '../kit/scenario.ts'

const AT_ONCE = 100
const PLACES = 10

export default scenario('registrations: of a hundred concurrent requests for ten places, ten get one and ninety wait', {
  seed: '001',
  pattern: 'register',
  async run ({ api, given, check }) {
    const { eventId } = await given.event(PLACES)
    const users = Array.from({ length: AT_ONCE }, () => given.userId())

    const responses = await Promise.all(users.map((userId) => api.post<Registration>('/api/registrations', { userId, eventId, name: 'Ada Lovelace' })))

    check.equal(responses.filter(({ status }) => status === 201).length, AT_ONCE, 'everybody gets 201')
    const count = (all: readonly Registration[], wanted: string) => all.filter(({ status }) => status === wanted).length
    const answered = responses.map(({ body }) => body.data)
    check.equal(count(answered, 'registered'), PLACES, 'ten have a place')
    check.equal(count(answered, 'waitlisted'), AT_ONCE - PLACES, 'ninety wait')

    const listed = await api.get<Page<Registration>>(`/api/events/${eventId}/registrations?limit=1000`)
    check.equal(listed.body.data.count, AT_ONCE, 'all are listed')
    check.equal(count(listed.body.data.data, 'registered'), PLACES, 'ten of them with a place')
  },
})
