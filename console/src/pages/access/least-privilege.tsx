import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Checkbox from '@cloudscape-design/components/checkbox'
import Container from '@cloudscape-design/components/container'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { control } from '../../access/control.ts'
import { useScope } from '../../access/scope.tsx'
import { Choice, named } from '../../widgets/choice.tsx'
import { JsonEditor } from '../../widgets/json-editor.tsx'
import { countOf } from '../../widgets/numbers.ts'

/** The smallest policy for the calls of the trace. */
export function LeastPrivilege () {
  const { account } = useScope()
  const [service, setService] = useState('')
  const [ofApi, setOfApi] = useState(false)
  const query = new URLSearchParams({ account, ...service !== '' && { service }, ...ofApi && { causedBy: '*' } })
  const { data } = useQuery({ queryKey: ['least-privilege', account, service, ofApi], queryFn: () => control('GET /iam/policy', `/iam/policy?${query}`), refetchInterval: 5000 })
  const operations = useQuery({ queryKey: ['operations'], queryFn: () => control('GET /operations'), staleTime: Infinity }).data?.operations ?? {}
  const text = data === undefined ? '' : JSON.stringify(data.policy, null, 2)
  return (
    <Container header={<Header variant='h2' description='It allows what the calls of the trace asked for, and nothing else.' actions={<CopyToClipboard copyButtonText='Copy' copySuccessText='Copied' copyErrorText='Not copied' textToCopy={text} />}>Least-privilege policy</Header>}>
      <SpaceBetween size='m'>
        {data?.mode === 'off' && <Alert type='info'>IAM is off: calls do not say what they ask for. Set it to audit, and call again.</Alert>}
        <SpaceBetween direction='horizontal' size='m' alignItems='end'>
          <Choice label='Service' value={service} options={{ '': 'any', ...named(Object.keys(operations)) }} onChange={setService} />
          <Checkbox checked={ofApi} onChange={({ detail }) => setOfApi(detail.checked)}>Only calls with a cause, such as those of the API</Checkbox>
          <Box data-testid='policy-calls'>Made of {countOf(data?.calls ?? 0)} calls.</Box>
        </SpaceBetween>
        <JsonEditor label='Least-privilege policy' value={text} />
      </SpaceBetween>
    </Container>
  )
}
