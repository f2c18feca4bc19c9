import { useState, type ReactNode } from 'react'
import { useMutation } from '@tanstack/react-query'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { textOf } from '../shell/messages.tsx'

export interface ConfirmProps {
  title: string
  children: ReactNode
  /** What the button does. */
  action: string
  /** What has to be written first, for what cannot be undone. */
  word?: string
  run: () => Promise<unknown>
  onClose: () => void
}

/** Asks before something is lost. */
export function Confirm ({ title, children, action, word, run, onClose }: ConfirmProps) {
  const [written, setWritten] = useState('')
  const work = useMutation({ mutationFn: run, onSuccess: onClose })
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <Box float='right'>
          <SpaceBetween direction='horizontal' size='xs'>
            <Button variant='link' onClick={onClose}>Cancel</Button>
            <Button variant='primary' loading={work.isPending} disabled={word !== undefined && written !== word} onClick={() => work.mutate()}>{action}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size='m'>
        {children}
        {word !== undefined && (
          <FormField label={`Write ${word} to confirm`}>
            <Input value={written} onChange={({ detail }) => setWritten(detail.value)} />
          </FormField>
        )}
        {work.isError && <Alert type='error'>{textOf(work.error)}</Alert>}
      </SpaceBetween>
    </Modal>
  )
}
