import { ValidationFailed } from '../../core/errors.ts'
import { TooManyConversations } from './errors.ts'
import type { Conversations } from './repositories/conversations.ts'
import type { Analytics, Conversation } from './schemas.ts'

const DAY_MS = 86_400_000
const MOST_DAYS = 92
/** Conversations in one answer: about 15 MB. */
const MOST_CONVERSATIONS = 50_000

export interface AnalyticsRequest {
  /** YYYY-MM-DD */
  date?: string
  from?: string
  to?: string
  conversations: boolean
}

/**
 * Access pattern "conversations by day": one Query a day (a hash key allows only equality), in parallel, in order.
 * @param options.most  conversations that an answer lists
 * @throws 400 the days are not one range of at most 92; there are more conversations than an answer lists
 */
export async function analyse (request: AnalyticsRequest, { conversations, most = MOST_CONVERSATIONS }: { conversations: Conversations, most?: number }): Promise<Analytics> {
  const { first, last } = rangeOf(request)
  let listed = 0

  async function ofDay (date: string): Promise<Analytics['days'][number]> {
    const found: Conversation[] = []
    let count = 0
    for await (const page of conversations.startedOn(date)) {
      count += page.length
      if (!request.conversations) continue
      listed += page.length
      if (listed > most) throw new TooManyConversations(most)
      found.push(...page)
    }
    return { date, count, ...request.conversations && { conversations: found } }
  }

  const days = await Promise.all(daysBetween(first, last).map(ofDay))
  return { from: first, to: last, count: days.reduce((sum, { count }) => sum + count, 0), days }
}

function rangeOf ({ date, from, to }: AnalyticsRequest): { first: string, last: string } {
  if (date !== undefined && from === undefined && to === undefined) return { first: date, last: date }
  if (date !== undefined || from === undefined || to === undefined) {
    throw new ValidationFailed([{ path: 'query', reason: 'must have either date, or from and to' }])
  }
  if (to < from) throw new ValidationFailed([{ path: 'query.to', reason: 'must not be before from' }])
  if (Date.parse(to) - Date.parse(from) >= MOST_DAYS * DAY_MS) throw new ValidationFailed([{ path: 'query.to', reason: `must be at most ${MOST_DAYS} days from from` }])
  return { first: from, last: to }
}

function daysBetween (first: string, last: string): string[] {
  const count = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1
  return Array.from({ length: count }, (_, index) => new Date(Date.parse(first) + index * DAY_MS).toISOString().slice(0, first.length))
}
