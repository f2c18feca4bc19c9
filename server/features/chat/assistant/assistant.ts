import type { Citation } from '../schemas.ts'

/** A piece of an answer: some of its text, or something that the text is taken from. */
export type AnswerPart = { text: string } | { citation: Citation }

/** Who answers messages. */
export interface Assistant {
  /**
   * Answers a message, piece by piece as the answer comes into being.
   *
   * @param question  the message's content; what was said before does not count
   */
  answer (question: string): AsyncIterable<AnswerPart>
}
