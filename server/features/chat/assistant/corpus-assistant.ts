import type { AnswerPart, Assistant } from './assistant.ts'

/** A text that the assistant knows and can cite. */
export interface Passage {
  title: string
  uri: string
  text: string
}

/** Maximum number of passages in an answer. */
const MOST_PASSAGES = 3
/** The weight of a word in a title, relative to one in the text. */
const TITLE_WEIGHT = 3
/** A passage whose score is below this share of the best one is not relevant to the question. */
const LEAST_SHARE = 0.5
const SNIPPET_CHARACTERS = 160

const STOP_WORDS = new Set(('a about all also an and any are as at be because been but by can cannot could do does for from get had has have how i if in into ' +
  'is it its just like me more most my no not of on one or our out should so some tell than that the their them then there they this to too up us very was we ' +
  'were what when where which who why will with would you your').split(' '))

/**
 * An assistant without a model: it selects the passages that share the most significant words with the question, and cites
 * them. The same question always gets the same answer, so that a front end can be built and tested against it.
 */
export function createCorpusAssistant (corpus: readonly Passage[]): Assistant {
  const passages = corpus.map((passage) => ({ passage, title: wordsOf(passage.title), text: wordsOf(passage.text) }))
  const everywhere = new Map<string, number>()
  for (const { title, text } of passages) for (const word of new Set([...title, ...text])) everywhere.set(word, (everywhere.get(word) ?? 0) + 1)
  // A word that is in few passages distinguishes them.
  const weightOf = (word: string) => Math.log(1 + passages.length / (everywhere.get(word) ?? Infinity))

  function pick (question: string): Passage[] {
    const asked = [...wordsOf(question)]
    const scored = passages.map(({ passage, title, text }) => ({
      passage,
      score: asked.reduce((sum, word) => sum + weightOf(word) * ((title.has(word) ? TITLE_WEIGHT : 0) + (text.has(word) ? 1 : 0)), 0),
    }))
    const best = Math.max(0, ...scored.map(({ score }) => score))
    // Sorting is stable, so that passages with equal scores stay in the order of the corpus.
    return scored.filter(({ score }) => score > 0 && score >= best * LEAST_SHARE).sort((a, b) => b.score - a.score)
      .slice(0, MOST_PASSAGES).map(({ passage }) => passage)
  }

  return {
    async * answer (question): AsyncGenerator<AnswerPart> {
      const picked = pick(question)
      if (picked.length === 0) {
        yield * spoken(`I have found nothing about that. You can ask me about ${corpus.slice(0, MOST_PASSAGES).map(({ title }) => title.toLowerCase()).join(', ')} and more.`)
        return
      }
      yield * spoken(picked.map(({ text }, index) => `${text} [${index + 1}]`).join('\n\n'))
      for (const { title, uri, text } of picked) yield { citation: { title, uri, snippet: snippetOf(text) } }
    },
  }
}

/** Word by word, as a model would produce it. */
function * spoken (text: string): Generator<AnswerPart> {
  for (const word of text.match(/\s*\S+/g) ?? []) yield { text: word }
}

/** The significant words of a text, each once and without its ending: `Reading`, `reads` and `read` are one. */
function wordsOf (text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return new Set(words.filter((word) => !STOP_WORDS.has(word)).map((word) => word.length > 4 ? word.replace(/(ies|ion|ing|ed|es|s|y|e)$/, '') : word.replace(/s$/, '')))
}

/** The beginning, up to the end of a word. */
function snippetOf (text: string): string {
  return text.length <= SNIPPET_CHARACTERS ? text : `${text.slice(0, text.lastIndexOf(' ', SNIPPET_CHARACTERS - 4))} ...`
}
