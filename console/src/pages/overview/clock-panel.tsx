import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { control } from '../../access/control.ts'
import type { ClockState } from '../../access/control-types.ts'
import { useClock, useMovedClock } from '../../live/clock.ts'
import { textOf } from '../../shell/messages.tsx'

const STEPS = ['1m', '1h', '1d', '31d']

/** The emulator's time, and what moves it. */
export function ClockPanel () {
  const clock = useClock()
  const moved = useMovedClock()
  const move = useMutation({ mutationFn: (call: () => Promise<ClockState>) => call(), onSuccess: moved })
  const [by, setBy] = useState('7d')
  const [time, setTime] = useState('')

  const advance = (by: string) => move.mutate(() => control('POST /clock/advance', undefined, { by }))
  return (
    <Container fitHeight header={<Header variant='h2' description='Expiry, backups, streams and alarms follow it.'>Clock</Header>}>
      <SpaceBetween size='m'>
        <div>
          <div className='clock-time' data-testid='clock-time'>{clock ? new Date(clock.now).toISOString().slice(0, 19).replace('T', ' ') : '…'}</div>
          <SpaceBetween direction='horizontal' size='s' alignItems='center'>
            <Box color='text-body-secondary'>UTC</Box>
            {clock && <StatusIndicator type={clock.frozen ? 'stopped' : 'success'}>{clock.frozen ? 'frozen' : 'running'}</StatusIndicator>}
            {clock && (
              <Button loading={move.isPending} onClick={() => move.mutate(() => clock.frozen ? control('POST /clock/resume') : control('POST /clock/freeze'))}>
                {clock.frozen ? 'Resume' : 'Freeze'}
              </Button>
            )}
          </SpaceBetween>
        </div>
        <FormField label='Advance by' description='Such as 90s, 31d or PT1H. What falls due on the way is done first.' errorText={move.isError ? textOf(move.error) : undefined}>
          <SpaceBetween direction='horizontal' size='xs'>
            {STEPS.map((step) => <Button key={step} disabled={move.isPending} onClick={() => advance(step)} ariaLabel={`Advance by ${step}`}>{step}</Button>)}
            <Input value={by} onChange={({ detail }) => setBy(detail.value)} onKeyDown={({ detail }) => { if (detail.key === 'Enter') advance(by) }} ariaLabel='Another time to advance by' />
            <Button disabled={move.isPending} onClick={() => advance(by)}>Advance</Button>
          </SpaceBetween>
        </FormField>
        <FormField label='Set to' description='A time in ISO 8601, back or forth.'>
          <SpaceBetween direction='horizontal' size='xs'>
            <Input value={time} placeholder='2027-01-01T00:00:00Z' onChange={({ detail }) => setTime(detail.value)} />
            <Button disabled={time === '' || move.isPending} onClick={() => move.mutate(() => control('PUT /clock', undefined, { now: time }))}>Set</Button>
          </SpaceBetween>
        </FormField>
      </SpaceBetween>
    </Container>
  )
}
