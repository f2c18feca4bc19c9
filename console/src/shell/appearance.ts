import { useSyncExternalStore } from 'react'
import { applyMode, Mode } from '@cloudscape-design/global-styles'

/** What a person has chosen; `system` follows the device. */
export type Appearance = 'system' | 'light' | 'dark'

const STORED_AS = 'sandtable.appearance'
const system = window.matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

let chosen: Appearance = readChosen()

function readChosen (): Appearance {
  const stored = localStorage.getItem(STORED_AS)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

const isDark = (): boolean => chosen === 'system' ? system.matches : chosen === 'dark'

function apply (): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light)
  document.documentElement.style.colorScheme = isDark() ? 'dark' : 'light'
  for (const listener of listeners) listener()
}

/** Gives the page its colours, now and when the device changes its own. */
export function startAppearance (): void {
  system.addEventListener('change', apply)
  apply()
}

export function chooseAppearance (appearance: Appearance): void {
  chosen = appearance
  localStorage.setItem(STORED_AS, appearance)
  apply()
}

function subscribe (listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark)
export const useAppearance = (): Appearance => useSyncExternalStore(subscribe, () => chosen)
