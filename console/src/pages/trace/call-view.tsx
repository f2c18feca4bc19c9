import { useQuery } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { control } from '../../access/control.ts'
import type { TracedCall } from '../../access/control-types.ts'
import { linkTo } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { bytesOf, countOf, timeOf } from '../../widgets/numbers.ts'
import { JsonEditor } from '../../widgets/json-editor.tsx'
import { Text } from '../../widgets/text.tsx'

/** One call, with what is known of it. */
export function CallView ({ sequence, onClose }: { sequence: number, onClose: () => void }) {
  const { data, error } = useQuery({ queryKey: ['call', sequence], queryFn: () => control('GET /trace/calls/{sequence}', `/trace/calls/${sequence}`), staleTime: Infinity })
  const call = data?.call
  return (
    <Container header={<Header variant='h2' actions={<Button iconName='close' variant='icon' ariaLabel='Close the call' onClick={onClose} />}>{call ? `${call.service} ${call.operation}` : `Call ${sequence}`}</Header>}>
      {error && <StatusIndicator type='warning'>{textOf(error)}</StatusIndicator>}
      {call && (
        <SpaceBetween size='m'>
          <KeyValuePairs columns={4} items={factsOf(call)} />
          {call.keys && call.keys.length > 0 && <JsonEditor label='Keys' height='110px' value={JSON.stringify(call.keys, null, 1)} />}
          {data.input !== undefined && (
            <ColumnLayout columns={2}>
              <div><Box variant='h3'>Input</Box><JsonEditor label='Input' height='220px' value={pretty(data.input)} /></div>
              <div><Box variant='h3'>Output</Box><JsonEditor label='Output' height='220px' value={pretty(data.output ?? '')} /></div>
            </ColumnLayout>
          )}
          {data.input === undefined && <Box color='text-body-secondary'>Its input and output were not kept. "Keep inputs and outputs" keeps those of calls from then on.</Box>}
          {call.causedBy !== undefined && <TimeLine cause={call.causedBy} />}
        </SpaceBetween>
      )}
    </Container>
  )
}

function factsOf (call: TracedCall) {
  const facts: [string, string | undefined][] = [
    ['Result', call.result === 'ok' ? 'ok' : `${call.result}${call.reason === undefined ? '' : `: ${call.reason}`}`],
    ['Time', timeOf(call.startedAt)],
    ['Took', `${call.durationMs.toFixed(3)} ms`],
    ['Resource', call.resource],
    ['Index', call.index],
    ['Capacity', call.capacity?.map(({ resource, readUnits, writeUnits }) => `${resource}: ${countOf(readUnits)} read, ${countOf(writeUnits)} write`).join('; ')],
    ['Items', call.items === undefined ? undefined : countOf(call.items)],
    ['Not processed', call.unprocessed === undefined ? undefined : countOf(call.unprocessed)],
    ['Size', call.bytes === undefined ? undefined : bytesOf(call.bytes)],
    ['Attempt', call.attempt === undefined ? undefined : String(call.attempt)],
    ['Access', call.access?.map(({ action, resource, decision, by }) => `${action} on ${resource}: ${decision}${by === undefined ? '' : ` by ${by}`}`).join('; ')],
    ['Would be refused', call.wouldDeny],
    ['Account and region', `${call.account} · ${call.region}`],
    ['Request id', call.requestId],
  ]
  return facts.filter(([, value]) => value !== undefined && value !== '').map(([label, value = '']) => ({ label, value: <Text most={2000}>{value}</Text> }))
}

function pretty (json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json // it was cut
  }
}

const SHOWN = 100

/** All calls of one request of the API, each where it was in it; while the clock is frozen, one after the other. */
function TimeLine ({ cause }: { cause: string }) {
  const { data } = useQuery({ queryKey: ['cause', cause], queryFn: () => control('GET /trace', `/trace?causedBy=${encodeURIComponent(cause)}&limit=${SHOWN}`) })
  const calls = data?.calls ?? []
  const first = calls[0]?.startedAt ?? 0
  const isFrozen = calls.every(({ startedAt }) => startedAt === first)
  let spent = 0
  const bars = calls.map((call) => {
    const from = isFrozen ? spent : call.startedAt - first
    spent += call.durationMs
    return { call, from, to: from + call.durationMs }
  })
  const whole = Math.max(...bars.map(({ to }) => to), 0.001)
  return (
    <SpaceBetween size='xs'>
      <Box variant='h3'>Calls of the request <Link href={linkTo(['trace'], { causedBy: cause })}><Text>{cause}</Text></Link></Box>
      <div className='time-line'>
        {bars.map(({ call, from, to }) => [
          <Link key={`${call.sequence} name`} href={linkTo(['trace'], { call: call.sequence })}>{call.operation}</Link>,
          <div key={`${call.sequence} bar`} className={call.result === 'ok' ? 'bar' : 'bar failed'} style={{ marginInlineStart: `${from / whole * 100}%`, inlineSize: `${(to - from) / whole * 100}%` }} />,
          <span key={`${call.sequence} time`} className='number'>{call.durationMs.toFixed(2)} ms</span>,
        ])}
      </div>
    </SpaceBetween>
  )
}
