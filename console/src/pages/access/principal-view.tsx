import { useState } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useIam } from '../../access/iam.ts'
import { useScope } from '../../access/scope.tsx'
import { linkTo, navigate } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { Confirm } from '../../widgets/confirm.tsx'
import { timeOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'
import { linkToPrincipal } from './access-page.tsx'
import { AccessKeys } from './access-keys.tsx'
import { PolicyEditor } from './policy-editor.tsx'
import { PrincipalPolicies } from './principal-policies.tsx'
import { KINDS, putTrust, type Kind } from './principals.ts'

/** One user, group or role: its policies and keys. */
export function PrincipalView ({ kind, name }: { kind: Kind, name: string }) {
  const { account } = useScope()
  const iam = useIam()
  const queries = useQueryClient()
  const of = KINDS[kind]
  const { title, noun } = of
  const { data: principal, error } = useQuery({ queryKey: ['iam', account, kind, name], queryFn: () => of.get(iam, name) })
  const [asking, setAsking] = useState<'delete' | 'trust'>()
  const refresh = () => queries.invalidateQueries({ queryKey: ['iam'] })
  return (
    <ContentLayout
      breadcrumbs={<BreadcrumbGroup items={[{ text: 'Access', href: linkTo(['access']) }, { text: title, href: linkTo(['access'], { tab: kind }) }, { text: name, href: linkToPrincipal(kind, name) }]} />}
      header={
        <Header
          variant='h1'
          actions={
            <SpaceBetween direction='horizontal' size='xs'>
              {principal?.trust !== undefined && <Button onClick={() => setAsking('trust')}>Trust policy</Button>}
              <Button disabled={!principal} onClick={() => setAsking('delete')}>Delete</Button>
            </SpaceBetween>
          }
        >
          <Text>{name}</Text>
        </Header>
      }
    >
      <SpaceBetween size='l'>
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        {principal && (
          <Container>
            <KeyValuePairs columns={2} items={[{ label: 'ARN', value: <span className='mono'>{principal.arn}</span> }, { label: 'Created', value: principal.created ? timeOf(principal.created.getTime()) : '' }]} />
          </Container>
        )}
        {principal && <PrincipalPolicies kind={kind} name={name} />}
        {principal && kind === 'users' && <AccessKeys user={name} />}
      </SpaceBetween>
      {asking === 'delete' && (
        <Confirm title={`Delete the ${noun}`} action='Delete' run={async () => { await of.remove(iam, name); navigate(linkTo(['access'], { tab: kind })); await refresh() }} onClose={() => setAsking(undefined)}>
          <div>The {noun} <b><Text>{name}</Text></b> must have no policies and no keys.</div>
        </Confirm>
      )}
      {asking === 'trust' && <PolicyEditor title='Trust policy' initial={{ name: 'trust', document: principal?.trust ?? '' }} save={async ({ document }) => { await putTrust(iam, name, document); await refresh() }} onClose={() => setAsking(undefined)} />}
    </ContentLayout>
  )
}
