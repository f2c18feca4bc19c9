import { deleteKey, deleteKeys } from '../../../aws/delete-keys.ts'
import { queryPages } from '../../../aws/query-pages.ts'
import type { Config } from '../../../config.ts'
import { createChat } from '../../chat/chat.ts'
import { ConversationNotFound } from '../../chat/errors.ts'
import { ACTIVITY_AND_DAY_INDEX, conversationIdOf, ownedPartition, profileKey, userPartition } from '../../chat/tables.ts'
import type { Dependencies } from '../../feature.ts'
import type { Erasure } from './erasure.ts'

/** The profile, the conversations with their messages, the sessions and the tokens. */
export function chatErasure (config: Config['chat'], { aws, clock }: Pick<Dependencies, 'aws' | 'clock'>): Erasure {
  const { documents } = aws
  const { tables: { chat: table } } = config
  const { conversationService } = createChat({ config, aws, clock })

  /** Deletes a conversation, also one whose deletion has begun. @returns its messages */
  async function removeConversation (userId: string, conversationId: string): Promise<number> {
    let messages = 0
    try {
      for (let isComplete = false; !isComplete;) {
        const { deletedMessages, complete } = await conversationService.remove({ userId, conversationId })
        messages += deletedMessages
        isComplete = complete
      }
    } catch (error) {
      if (!(error instanceof ConversationNotFound)) throw error // by now another request has deleted it
    }
    return messages
  }

  return {
    name: 'chat',
    async pass (userId) {
      let [conversations, messages, owned] = [0, 0, 0]
      for await (const page of queryPages(documents, { table, hash: ['PK', userPartition(userId)], names: ['SK'] })) {
        for (const { SK } of page) {
          const conversationId = conversationIdOf(String(SK))
          if (conversationId === undefined) continue
          messages += await removeConversation(userId, conversationId)
          conversations++
        }
      }
      for await (const page of queryPages(documents, { table, index: ACTIVITY_AND_DAY_INDEX, hash: ['GSI1PK', ownedPartition(userId)], names: ['PK', 'SK'] })) {
        await deleteKeys(documents, table, page)
        owned += page.length
      }
      const profiles = await deleteKey(documents, table, profileKey(userId))
      return { profiles, conversations, messages, sessionsAndTokens: owned }
    },
  }
}
