import { useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { control } from '../../access/control.ts'
import { tell, textOf } from '../../shell/messages.tsx'

const NEW = { service: '', operation: '', resource: '', key: '', error: 'throttle', code: '', latency: '', share: '', skip: '', every: '', times: '' }
type Draft = typeof NEW

const ERRORS: Record<string, string> = {
  '': 'none, only late',
  throttle: 'throttled',
  internal: 'internal error',
  'access-denied': 'access denied',
  'connection-reset': 'connection reset, nothing is done',
  'answer-lost': 'answer lost, all is done',
  code: 'an error by its code',
}

/** The rule that a form stands for; the emulator checks it. */
function ruleOf ({ service, operation, resource, key, error, code, latency, ...numbers }: Draft): object {
  const counts = Object.entries(numbers).filter(([, value]) => value !== '').map(([name, value]) => [name, Number(value)])
  return {
    ...service !== '' && { service },
    ...operation !== '' && { operation },
    ...resource !== '' && { resource },
    ...key !== '' && { key: key.startsWith('{') ? JSON.parse(key) as unknown : key },
    ...error !== '' && { error: error === 'code' ? { code } : error },
    ...latency !== '' && { latency: latency.startsWith('{') ? JSON.parse(latency) as unknown : Number(latency) },
    ...Object.fromEntries(counts) as object,
  }
}

export function FaultForm ({ onAdded }: { onAdded: () => void }) {
  const [draft, setDraft] = useState<Draft>(NEW)
  const operations = useQuery({ queryKey: ['operations'], queryFn: () => control('GET /operations'), staleTime: Infinity }).data?.operations ?? {}
  const add = useMutation({
    mutationFn: async () => control('POST /faults', undefined, ruleOf(draft)),
    onSuccess ({ id }) {
      tell('success', `The rule ${id} is active.`)
      onAdded()
    },
  })
  const set = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes })
  const text = (name: keyof Draft, label: string, placeholder = '') => (
    <FormField label={label}><Input value={draft[name]} placeholder={placeholder} onChange={({ detail }) => set({ [name]: detail.value })} /></FormField>
  )
  const choice = (name: keyof Draft, label: string, values: Record<string, string>) => (
    <FormField label={label}>
      <Select
        filteringType='auto'
        options={Object.entries(values).map(([value, label]) => ({ value, label }))}
        selectedOption={{ value: draft[name], label: values[draft[name]] ?? draft[name] }}
        onChange={({ detail }) => set({ [name]: detail.selectedOption.value ?? '', ...name === 'service' && { operation: '' } })}
      />
    </FormField>
  )
  const named = (names: readonly string[]) => ({ '': 'any', ...Object.fromEntries(names.map((name) => [name, name])) })
  return (
    <form onSubmit={(event) => { event.preventDefault(); add.mutate() }}>
      <Container header={<Header variant='h2'>New rule</Header>}>
        <Form errorText={add.isError ? textOf(add.error) : undefined} actions={<Button variant='primary' formAction='submit' loading={add.isPending}>Add the rule</Button>}>
          <SpaceBetween direction='horizontal' size='m'>
            {choice('service', 'Service', named(Object.keys(operations)))}
            {choice('operation', 'Operation', named(operations[draft.service] ?? []))}
            {text('resource', 'Table, bucket or collection', 'any')}
            {text('key', 'Key', '{"id":"a"} or text with *')}
            {choice('error', 'Error', ERRORS)}
            {draft.error === 'code' && text('code', 'Code', 'LimitExceededException')}
            {text('latency', 'Late by, ms', '200 or {"p50":5,"p99":50}')}
            {text('share', 'Chance, 0 to 1', 'always')}
            {text('skip', 'Calls to let through first')}
            {text('every', 'Every nth')}
            {text('times', 'Times at most')}
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  )
}
