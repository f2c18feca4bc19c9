import { readdir } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Scenario } from './scenario.ts'

export interface NamedScenario extends Scenario {
  /** Its file's path below `scenarios/`, without the ending: `face/get-one`. */
  name: string
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Folders below `scenarios/` that hold no scenarios. */
const NOT_SCENARIOS = new Set(['kit', 'test-support'])

/** All scenarios there are, by name: the default export of every file in the features' folders. */
export async function loadScenarios (): Promise<NamedScenario[]> {
  // As sources they end in .ts, when built in .js; beside those are source maps and types.
  const ending = extname(fileURLToPath(import.meta.url))
  const folders = (await readdir(ROOT, { withFileTypes: true })).filter((entry) => entry.isDirectory() && !NOT_SCENARIOS.has(entry.name))
  const files = await Promise.all(folders.map(async ({ name }) => (await readdir(join(ROOT, name))).map((file) => join(ROOT, name, file))))
  const scripts = files.flat().filter((file) => file.endsWith(ending) && !/\.(test|d)\.[jt]s$/.test(file))
  const scenarios = await Promise.all(scripts.map(async (file) => {
    const { default: scenario } = await import(pathToFileURL(file).href) as { default: Scenario } // what every file there exports
    return { ...scenario, name: relative(ROOT, file).slice(0, -ending.length).replaceAll('\\', '/') }
  }))
  return scenarios.sort((a, b) => a.name < b.name ? -1 : 1)
}

/** The scenarios whose name, title or access pattern contains one of the texts; without texts, all. */
export function selectScenarios (scenarios: readonly NamedScenario[], texts: readonly string[]): NamedScenario[] {
  if (texts.length === 0) return [...scenarios]
  const wanted = texts.map((text) => text.toLowerCase())
  return scenarios.filter(({ name, title, pattern }) => wanted.some((text) => `${name}\n${title}\n${pattern}`.toLowerCase().includes(text)))
}
