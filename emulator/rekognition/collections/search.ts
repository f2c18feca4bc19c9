import { setImmediate as nextTurn } from 'node:timers/promises'
import { stopwatch } from '../../core/clock.ts'
import { similarityAtMost, similarityOf, type Identity } from '../faces/face.ts'
import type { FaceEngine } from '../faces/face-engine.ts'
import type { StoredFace } from './store.ts'

export interface Match {
  readonly face: StoredFace
  /** 0 to 100. */
  readonly similarity: number
}

export interface SearchOptions {
  /** The minimum similarity, 0 to 100. */
  threshold: number
  /** The maximum number of matches. */
  limit: number
}

/**
 * The faces that are similar to one, the most similar first; with equal similarity, the one stored first.
 * Compares in the order of the upper bounds of similarity, and stops when no better match is possible.
 */
export async function findMatches (
  engine: FaceEngine, wanted: Identity, { stored, threshold, limit }: SearchOptions & { stored: readonly StoredFace[] }
): Promise<Match[]> {
  const othersTurn = turns()
  const candidates: Array<{ face: StoredFace, atMost: number }> = []
  for (const face of stored) {
    const atMost = similarityAtMost(engine, wanted, face.identity)
    if (atMost >= threshold) candidates.push({ face, atMost })
    await othersTurn()
  }
  candidates.sort((a, b) => b.atMost - a.atMost)

  const matches: Match[] = []
  for (const { face, atMost } of candidates) {
    const last = matches.length === limit ? matches[limit - 1] : undefined
    if (last && atMost < last.similarity) break
    const match = { face, similarity: similarityOf(engine, wanted, face.identity) }
    if (match.similarity >= threshold && (!last || comesBefore(match, last))) {
      matches.splice(placeOf(match, matches), 0, match)
      matches.splice(limit)
    }
    await othersTurn()
  }
  return matches
}

/** How long a search may run before it yields to other calls. */
const TURN_MS = 5

/** Yields to other calls, if it is time. */
function turns (): () => Promise<void> | undefined {
  let began = stopwatch()
  return () => {
    if (stopwatch() - began < TURN_MS) return undefined
    return nextTurn().then(() => { began = stopwatch() })
  }
}

const comesBefore = (one: Match, other: Match): boolean =>
  one.similarity === other.similarity ? one.face.sequence < other.face.sequence : one.similarity > other.similarity

function placeOf (match: Match, matches: readonly Match[]): number {
  let [from, to] = [0, matches.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (comesBefore(matches[middle]!, match)) from = middle + 1
    else to = middle
  }
  return from
}
