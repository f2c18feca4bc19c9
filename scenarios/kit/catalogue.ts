import { readdir } from 'node:fs/promises'
import { extname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Scenario } from './scenario.ts'

export interface NamedScenario extends Scenario {
  /** Its file's path below `scenarios/`, without the ending: `face/get-one`. */
  name: string
  /** Where it is. */
  file: string
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Folders below `scenarios/` that hold no scenarios. */
const NOT_SCENARIOS = new Set(['kit', 'test-support'])

/** All scenarios of this project, by name: the default export of every file in the features' folders. */
export async function loadScenarios (): Promise<NamedScenario[]> {
  // As sources they end in .ts, when built in .js; beside those are source maps and types.
  const ending = extname(fileURLToPath(import.meta.url))
  const folders = (await readdir(ROOT, { withFileTypes: true })).filter((entry) => entry.isDirectory() && !NOT_SCENARIOS.has(entry.name))
  const files = await Promise.all(folders.map(async ({ name }) => (await readdir(join(ROOT, name))).map((file) => join(ROOT, name, file))))
  return load(files.flat().filter((file) => file.endsWith(ending)), ROOT)
}

/**
 * The scenarios of a folder of a user's, with all folders in it.
 *
 * @throws when there is no such folder, or a file is no scenario
 */
export async function loadOwnScenarios (folder: string): Promise<NamedScenario[]> {
  const root = resolve(folder)
  const files = (await readdir(root, { recursive: true })).filter((file) => /\.m?[jt]s$/.test(file) && !file.split(/[\\/]/).includes('node_modules'))
  return load(files.map((file) => join(root, file)), root)
}

async function load (files: readonly string[], root: string): Promise<NamedScenario[]> {
  const scripts = files.filter((file) => !/\.(test|d)\.m?[jt]s$/.test(file))
  const scenarios = await Promise.all(scripts.map(async (file) => {
    const { default: scenario } = await import(pathToFileURL(file).href) as { default?: Partial<Scenario> } // it may export anything
    if (!isScenario(scenario)) throw new TypeError(`${file} is no scenario: it has no "export default scenario(title, { seed, pattern, run })"`)
    return { ...scenario, file, name: relative(root, file).slice(0, -extname(file).length).replaceAll('\\', '/') }
  }))
  return scenarios.sort((a, b) => a.name < b.name ? -1 : 1)
}

const isScenario = (value: Partial<Scenario> | undefined): value is Scenario =>
  typeof value?.title === 'string' && typeof value.seed === 'string' && typeof value.pattern === 'string' && typeof value.run === 'function'

/** The scenarios whose name, title or access pattern contains one of the texts; without texts, all. */
export function selectScenarios (scenarios: readonly NamedScenario[], texts: readonly string[]): NamedScenario[] {
  if (texts.length === 0) return [...scenarios]
  const wanted = texts.map((text) => text.toLowerCase())
  return scenarios.filter(({ name, title, pattern }) => wanted.some((text) => `${name}\n${title}\n${pattern}`.toLowerCase().includes(text)))
}
