import type { AwsClients } from '../../aws/clients.ts'
import type { Config } from '../../config.ts'
import type { Clock } from '../../core/clock.ts'
import { createTurns } from '../../core/turns.ts'
import type { Assistant } from './assistant/assistant.ts'
import { corpus } from './assistant/corpus.ts'
import { createCorpusAssistant } from './assistant/corpus-assistant.ts'
import { createConversationService } from './conversation-service.ts'
import { createEmailTokenService } from './email-token-service.ts'
import { createMessageService } from './message-service.ts'
import { createConversations } from './repositories/conversations.ts'
import { createEmailTokens } from './repositories/email-tokens.ts'
import { createEntries } from './repositories/entries.ts'
import { createMessages } from './repositories/messages.ts'
import { createProfiles } from './repositories/profiles.ts'
import { createSessions } from './repositories/sessions.ts'
import type { Message } from './schemas.ts'

export interface ChatOptions {
  config: Config['chat']
  aws: Pick<AwsClients, 'documents'>
  clock: Clock
  /** Answers messages. Default: the assistant that selects passages from the included corpus. */
  assistant?: Assistant
}

/** Everything of the feature that is not HTTP, wired together. */
export function createChat ({ config, aws, clock, assistant = createCorpusAssistant(corpus) }: ChatOptions) {
  const store = { documents: aws.documents, table: config.tables.chat }
  const conversations = createConversations(store)
  const entries = createEntries(store)
  const messages = createMessages(store)
  return {
    clock,
    profiles: createProfiles(store),
    conversations,
    entries,
    messages,
    sessions: createSessions(store, clock),
    conversationService: createConversationService({ store, conversations, entries, messages, clock }),
    messageService: createMessageService({ store, conversations, entries, messages, assistant, clock, inTurn: createTurns<Message>() }),
    emailTokenService: createEmailTokenService({ emailTokens: createEmailTokens(store, clock), clock }),
  }
}

export type Chat = ReturnType<typeof createChat>
