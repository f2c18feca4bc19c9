import { useRef, type KeyboardEvent } from 'react'
import { useVirtualizer } from '@tanstack/react-virtual'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TracedCall } from '../../access/control-types.ts'
import { countOf, timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import './call-list.css'

const ROW_PX = 32
const HEAD_PX = 34
const COLUMNS = ['Time', 'Call', 'Resource', 'Result', 'Took', 'Read / write', 'Items']

export interface CallListProps {
  calls: readonly TracedCall[]
  /** The sequence number of the call that is looked at. */
  chosen: number | undefined
  onChoose: (call: TracedCall) => void
}

/** Any number of calls, of which only those that can be seen are drawn. Arrow keys move, Enter chooses. */
export function CallList ({ calls, chosen, onChoose }: CallListProps) {
  const place = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: calls.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: HEAD_PX,
    getItemKey: (index) => calls[index]?.sequence ?? index,
  })

  function onKeyDown (event: KeyboardEvent, index: number): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -calls.length, End: calls.length }
    const call = calls[index]
    if ((event.key === 'Enter' || event.key === ' ') && call) {
      event.preventDefault()
      onChoose(call)
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = Math.min(Math.max(index + step, 0), calls.length - 1)
    rows.scrollToIndex(next)
    // Once it is drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => place.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus()))
  }

  const shown = rows.getVirtualItems()
  const focusable = shown.find(({ key }) => key === chosen)?.index ?? shown[0]?.index
  return (
    <div ref={place} className='calls' role='grid' aria-label='Calls' aria-rowcount={calls.length + 1} tabIndex={calls.length === 0 ? 0 : -1}>
      <div role='rowgroup'>
        <div role='row' className='head' aria-rowindex={1}>{COLUMNS.map((column) => <span key={column} role='columnheader'>{column}</span>)}</div>
      </div>
      <div role='rowgroup' style={{ position: 'relative', height: rows.getTotalSize() }}>
        {shown.map(({ index, key, start }) => {
          const call = calls[index]
          if (!call) return null
          return (
            <div
              key={String(key)}
              role='row'
              className='call'
              data-index={index}
              aria-rowindex={index + 2}
              aria-selected={call.sequence === chosen}
              tabIndex={index === focusable ? 0 : -1}
              style={{ transform: `translateY(${start - HEAD_PX}px)` }}
              onClick={() => onChoose(call)}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              <span role='gridcell'>{timeOf(call.startedAt)}</span>
              <span role='gridcell'>{call.service} <b>{call.operation}</b></span>
              <span role='gridcell'><Text>{call.resource ?? ''}</Text></span>
              <span role='gridcell'>{call.result === 'ok' ? 'ok' : <StatusIndicator type='error'>{call.result}</StatusIndicator>}</span>
              <span role='gridcell' className='end'>{call.durationMs.toFixed(2)} ms</span>
              <span role='gridcell' className='end'>{countOf(call.readUnits)} / {countOf(call.writeUnits)}</span>
              <span role='gridcell' className='end'>{call.items ?? ''}</span>
            </div>
          )
        })}
      </div>
    </div>
  )
}
