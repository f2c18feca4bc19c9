import { useState } from 'react'
import { useMutation } from '@tanstack/react-query'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { textOf } from '../../shell/messages.tsx'
import { JsonEditor } from '../../widgets/json-editor.tsx'

export interface Policy {
  name: string
  /** JSON. */
  document: string
}

export interface PolicyEditorProps {
  title: string
  initial: Policy
  /** Whether it can have another name. */
  isNew?: boolean
  /** Without it the policy can only be read. */
  save?: (policy: Policy) => Promise<unknown>
  onClose: () => void
}

/** What a new policy begins with. */
export const NEW_POLICY: Policy = { name: '', document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: '*' }] }, null, 2) }

/** A policy as JSON; IAM checks it. */
export function PolicyEditor ({ title, initial, isNew = false, save, onClose }: PolicyEditorProps) {
  const [policy, setPolicy] = useState(initial)
  const work = useMutation({ mutationFn: async () => save?.(policy), onSuccess: onClose })
  return (
    <Modal
      visible
      size='large'
      header={title}
      onDismiss={onClose}
      footer={
        <Box float='right'>
          <SpaceBetween direction='horizontal' size='xs'>
            <Button variant='link' onClick={onClose}>{save ? 'Cancel' : 'Close'}</Button>
            {save && <Button variant='primary' disabled={policy.name === ''} loading={work.isPending} onClick={() => work.mutate()}>Save</Button>}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size='m'>
        {isNew && <FormField label='Policy name'><Input value={policy.name} onChange={({ detail }) => setPolicy({ ...policy, name: detail.value })} /></FormField>}
        <JsonEditor label='Policy document' value={policy.document} onChange={save && ((document) => setPolicy((before) => ({ ...before, document })))} />
        {work.isError && <Alert type='error'>{textOf(work.error)}</Alert>}
      </SpaceBetween>
    </Modal>
  )
}
