import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import { useIam } from '../../access/iam.ts'
import { useScope } from '../../access/scope.tsx'
import { tellError } from '../../shell/messages.tsx'
import { Text } from '../../widgets/text.tsx'
import { NEW_POLICY, PolicyEditor, type Policy } from './policy-editor.tsx'
import { KINDS, readDocument, type Kind } from './principals.ts'

interface Row {
  name: string
  /** Of a managed policy. */
  arn?: string
}

/** The inline policies of a principal, and the managed ones that are attached to it. */
export function PrincipalPolicies ({ kind, name }: { kind: Kind, name: string }) {
  const { account } = useScope()
  const iam = useIam()
  const queries = useQueryClient()
  const of = KINDS[kind]
  const [arn, setArn] = useState('')
  const [editing, setEditing] = useState<Policy & { isNew: boolean }>()
  const refresh = () => queries.invalidateQueries({ queryKey: ['iam', account, kind, name] })
  const { data } = useQuery({
    queryKey: ['iam', account, kind, name, 'policies'],
    async queryFn (): Promise<Row[]> {
      const [inline = [], attached = []] = await Promise.all([of.inlineNames(iam, name), of.attached(iam, name)])
      return [...inline.map((policy) => ({ name: policy })), ...attached.map(({ PolicyName = '', PolicyArn = '' }) => ({ name: PolicyName, arn: PolicyArn }))]
    },
  })
  const change = useMutation({ mutationFn: (send: () => Promise<unknown>) => send(), onSettled: refresh, onError: tellError })
  const open = useMutation({ mutationFn: (policy: string) => of.inline(iam, name, policy), onSuccess: (document, policy) => setEditing({ name: policy, document: readDocument(document), isNew: false }), onError: tellError })
  return (
    <>
      <Table
        header={
          <Header
            variant='h2'
            actions={
              <SpaceBetween direction='horizontal' size='xs'>
                <Input value={arn} placeholder='ARN of a managed policy' ariaLabel='ARN of a managed policy' onChange={({ detail }) => setArn(detail.value)} />
                <Button disabled={arn === ''} onClick={() => change.mutate(() => of.attach(iam, name, arn).then(() => setArn('')))}>Attach</Button>
                <Button onClick={() => setEditing({ ...NEW_POLICY, isNew: true })}>Add inline policy</Button>
              </SpaceBetween>
            }
          >
            Policies
          </Header>
        }
        items={data ?? []}
        loading={!data}
        loadingText='Loading'
        empty={<Box textAlign='center'>No policy allows or denies it anything.</Box>}
        columnDefinitions={[
          { id: 'name', header: 'Policy', isRowHeader: true, cell: ({ name: policy, arn }) => arn === undefined ? <Button variant='inline-link' onClick={() => open.mutate(policy)}>{policy}</Button> : <Text>{policy}</Text> },
          { id: 'kind', header: 'Kind', cell: ({ arn }) => arn === undefined ? 'inline' : <Text>{arn}</Text> },
          {
            id: 'remove',
            header: 'Remove',
            cell: ({ name: policy, arn }) => <Button iconName='remove' variant='inline-icon' ariaLabel={`Remove ${policy}`} onClick={() => change.mutate(() => arn === undefined ? of.removeInline(iam, name, policy) : of.detach(iam, name, arn))} />,
          },
        ]}
      />
      {editing && <PolicyEditor title='Inline policy' initial={editing} isNew={editing.isNew} save={async (policy) => { await of.putInline(iam, name, policy.name, policy.document); await refresh() }} onClose={() => setEditing(undefined)} />}
    </>
  )
}
