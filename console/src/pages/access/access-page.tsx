import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { control } from '../../access/control.ts'
import type { IamMode } from '../../access/control-types.ts'
import { linkTo, linkWith, navigate, useAddress } from '../../shell/address.ts'
import { tellError } from '../../shell/messages.tsx'
import { DeniedCalls } from './denied-calls.tsx'
import { LeastPrivilege } from './least-privilege.tsx'
import { ManagedPolicies } from './managed-policies.tsx'
import { PrincipalList } from './principal-list.tsx'
import { PrincipalView } from './principal-view.tsx'
import { isKind, KINDS, type Kind } from './principals.ts'

const MODES: Readonly<Record<IamMode, string>> = {
  off: 'Every key may do everything; nothing is evaluated.',
  audit: 'Policies are evaluated, and nothing is refused; the trace shows what would be.',
  on: 'Policies are enforced, and signatures verified. The console calls as the root of the account.',
}

/** `access?tab=users`, `access/users/NAME`. */
export default function AccessPage () {
  const { path: [, kind, name], params } = useAddress()
  if (isKind(kind) && name !== undefined) return <PrincipalView key={`${kind} ${name}`} kind={kind} name={name} />
  return (
    <ContentLayout header={<Mode />}>
      <Tabs
        activeTabId={params.get('tab') ?? 'denied'}
        onChange={({ detail }) => navigate(linkWith({ tab: detail.activeTabId }), { replace: true })}
        tabs={[
          { id: 'denied', label: 'Denied requests', content: <DeniedCalls /> },
          { id: 'least', label: 'Least privilege', content: <LeastPrivilege /> },
          ...Object.entries(KINDS).map(([id, { title }]) => ({ id, label: title, content: <PrincipalList kind={id as Kind} /> })), // its own keys
          { id: 'policies', label: 'Policies', content: <ManagedPolicies /> },
        ]}
      />
    </ContentLayout>
  )
}

export const linkToPrincipal = (kind: Kind, name: string): string => linkTo(['access', kind, name])

/** Whether policies are evaluated and enforced. */
function Mode () {
  const queries = useQueryClient()
  const { data } = useQuery({ queryKey: ['iam-mode'], queryFn: () => control('GET /iam/mode'), refetchInterval: 5000 })
  const change = useMutation({
    mutationFn: (mode: IamMode) => control('PUT /iam/mode', undefined, { mode }),
    onSuccess: (answer) => queries.setQueryData(['iam-mode'], answer),
    onSettled: () => queries.invalidateQueries({ queryKey: ['least-privilege'] }),
    onError: tellError,
  })
  return (
    <Header
      variant='h1'
      description={data && MODES[data.mode]}
      actions={
        <SpaceBetween direction='horizontal' size='s' alignItems='center'>
          <Box id='iam-mode'>Policies</Box>
          <SegmentedControl
            ariaLabelledby='iam-mode'
            selectedId={data?.mode ?? null}
            options={Object.keys(MODES).map((id) => ({ id, text: id, disabled: change.isPending }))}
            onChange={({ detail }) => change.mutate(detail.selectedId as IamMode)} // one of the options
          />
        </SpaceBetween>
      }
    >
      Access
    </Header>
  )
}
