// Builds dist/console/: the web page, from the workspace console/.
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'vite'

/** Its folder in the sources, and in dist/. */
export const CONSOLE = 'console'

const root = join(import.meta.dirname, '..')
const source = join(root, CONSOLE)
const target = join(root, 'dist', CONSOLE)
/** A file written when the build has ended; its modification time is the time at which the build began. */
const stamp = join(target, '.built')

/** Whether nothing has changed since the last build. */
export function isConsoleFresh () {
  if (!existsSync(stamp)) return false
  const builtAt = statSync(stamp).mtimeMs
  const inputs = [source, ...readdirSync(source, { recursive: true }).filter((name) => !name.startsWith('node_modules')).map((name) => join(source, name)),
    join(root, 'package-lock.json'), import.meta.filename]
  return inputs.every((path) => statSync(path).mtimeMs < builtAt)
}

export async function buildConsole () {
  const startedAt = new Date()
  const output = await build({ root: source, configFile: join(source, 'vite.config.ts'), logLevel: 'warn' })
  writeFileSync(join(target, 'licenses.txt'), licencesOf(output))
  writeFileSync(stamp, '')
  utimesSync(stamp, startedAt, startedAt)
}

/** The licences of the packages that the build took code from: the files hold copies of it. */
function licencesOf ({ output }) {
  const packages = new Map()
  for (const id of output.flatMap((chunk) => chunk.type === 'chunk' ? Object.keys(chunk.modules) : [])) {
    const [, folder, name] = /^\0?(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(id) ?? []
    if (folder !== undefined && existsSync(join(folder, 'package.json'))) packages.set(name, folder)
  }
  return [...packages].sort(([a], [b]) => a < b ? -1 : 1).map(([name, folder]) => {
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file) && statSync(join(folder, file)).isFile())
    return `${name} ${version}, ${license}\n\n${texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n')}\n`
  }).join(`\n${'-'.repeat(80)}\n\n`) || `${relative(root, source)} has no packages\n`
}
