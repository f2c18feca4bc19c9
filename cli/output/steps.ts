/** The stream for the steps; a terminal is recognized by `isTTY`. */
interface Output { isTTY?: boolean, write (text: string): unknown }

const INTERVAL_MS = 10_000

/** Reports the steps of long work. */
export interface Steps {
  /** The work continues with this. */
  step: (what: string) => void
  end: () => void
}

/**
 * On a terminal each step is printed at once. Elsewhere, in a log for example, there is one line every ten seconds: how long the
 * work has run, and the current step.
 */
export function reportSteps (output: Output = process.stderr): Steps {
  if (output.isTTY) return { step: (what) => { output.write(`${what}\n`) }, end () {} }
  let current = 'starting'
  let elapsedMs = 0
  const timer = setInterval(() => {
    elapsedMs += INTERVAL_MS
    output.write(`${elapsedMs / 1000}s: ${current}\n`)
  }, INTERVAL_MS)
  timer.unref()
  return { step (what) { current = what }, end () { clearInterval(timer) } }
}
