import { useState } from 'react'
import { CreatePolicyCommand, DeletePolicyCommand, GetPolicyVersionCommand, paginateListPolicies, type Policy } from '@aws-sdk/client-iam'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Table from '@cloudscape-design/components/table'
import { useIam } from '../../access/iam.ts'
import { useScope } from '../../access/scope.tsx'
import { tellError } from '../../shell/messages.tsx'
import { Text } from '../../widgets/text.tsx'
import { NEW_POLICY, PolicyEditor, type Policy as Document } from './policy-editor.tsx'
import { readDocument } from './principals.ts'

/** The managed policies that the account has made. */
export function ManagedPolicies () {
  const { account } = useScope()
  const client = useIam()
  const queries = useQueryClient()
  const [shown, setShown] = useState<Document & { isNew: boolean }>()
  const { data } = useQuery({
    queryKey: ['iam', account, 'policies'],
    async queryFn () {
      const all: Policy[] = []
      for await (const { Policies = [] } of paginateListPolicies({ client }, { Scope: 'Local' })) all.push(...Policies)
      return all
    },
  })
  const refresh = () => queries.invalidateQueries({ queryKey: ['iam', account, 'policies'] })
  const open = useMutation({
    mutationFn: ({ Arn, DefaultVersionId }: Policy) => client.send(new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId: DefaultVersionId })),
    onSuccess: ({ PolicyVersion }, { PolicyName = '' }) => setShown({ name: PolicyName, document: readDocument(PolicyVersion?.Document), isNew: false }),
    onError: tellError,
  })
  const remove = useMutation({ mutationFn: ({ Arn }: Policy) => client.send(new DeletePolicyCommand({ PolicyArn: Arn })), onSettled: refresh, onError: tellError })
  return (
    <>
      <Table
        header={<Header variant='h2' actions={<Button onClick={() => setShown({ ...NEW_POLICY, isNew: true })}>Create policy</Button>}>Managed policies</Header>}
        items={data ?? []}
        trackBy='Arn'
        loading={!data}
        loadingText='Loading'
        empty={<Box textAlign='center'>There is no managed policy of this account.</Box>}
        columnDefinitions={[
          { id: 'name', header: 'Policy', isRowHeader: true, cell: (policy) => <Button variant='inline-link' onClick={() => open.mutate(policy)}>{policy.PolicyName}</Button> },
          { id: 'arn', header: 'ARN', cell: ({ Arn = '' }) => <Text>{Arn}</Text> },
          { id: 'used', header: 'Attached to', cell: ({ AttachmentCount = 0 }) => AttachmentCount },
          { id: 'delete', header: 'Delete', cell: (policy) => <Button iconName='remove' variant='inline-icon' ariaLabel={`Delete ${policy.PolicyName}`} onClick={() => remove.mutate(policy)} /> },
        ]}
      />
      {shown && (
        <PolicyEditor
          title='Managed policy'
          initial={shown}
          isNew={shown.isNew}
          save={shown.isNew ? async ({ name, document }) => { await client.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument: document })); await refresh() } : undefined}
          onClose={() => setShown(undefined)}
        />
      )}
    </>
  )
}
