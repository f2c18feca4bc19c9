import type { Citation } from '../schemas.ts'

/** A piece of an answer: some of its text, or a source that the text cites. */
export type AnswerPart = { text: string } | { citation: Citation }

/** Answers messages. */
export interface Assistant {
  /**
   * Answers a message, piece by piece as the answer is made.
   * @param question  the message's content; earlier messages are not used
   */
  answer (question: string): AsyncIterable<AnswerPart>
}
