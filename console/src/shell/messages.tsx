import { useSyncExternalStore } from 'react'
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import { useLive } from '../live/activity.ts'

interface Message { id: string, type: 'success' | 'error' | 'info', text: string }

let messages: readonly Message[] = []
let count = 0
const listeners = new Set<() => void>()

function update (next: readonly Message[]): void {
  messages = next
  for (const listener of listeners) listener()
}

/** How many messages stay at most; older ones go first. */
const MOST = 4

/** Tells the person that something was done, or was not. */
export function tell (type: Message['type'], text: string): void {
  update([...messages.filter((one) => one.text !== text).slice(1 - MOST), { id: `message-${++count}`, type, text }])
}

/** Tells of an error in its own words. */
export const tellError = (error: unknown): void => tell('error', textOf(error))

/** The words of anything that was thrown. AWS's errors have a name that says more than their text. */
export function textOf (error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { name, message } = error
  if (error instanceof TypeError && /fetch/i.test(message)) return 'The emulator does not answer'
  return name === 'Error' || name === 'ControlFailure' ? message : `${name}: ${message}`
}

const forget = (id: string) => update(messages.filter((one) => one.id !== id))

/** What there is to tell, at the top of every page. */
export function Messages () {
  const shown = useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, () => messages)
  const { connection } = useLive()
  const lost: FlashbarProps.MessageDefinition[] = connection === 'lost'
    ? [{ id: 'lost', type: 'warning', loading: true, content: 'The emulator does not answer. The page goes on when it is back.' }]
    : []
  const items = shown.map(({ id, type, text }): FlashbarProps.MessageDefinition => ({
    id, type, content: text.slice(0, 2000), dismissible: true, dismissLabel: 'Dismiss', onDismiss: () => forget(id), statusIconAriaLabel: type, ...type === 'success' && { ariaRole: 'status' },
  }))
  return <Flashbar items={[...lost, ...items]} />
}
