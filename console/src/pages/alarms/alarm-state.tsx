import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'

const TYPES: Readonly<Record<string, StatusIndicatorProps.Type>> = { OK: 'success', ALARM: 'error', INSUFFICIENT_DATA: 'pending' }

/** The state of an alarm, in AWS's word. */
export const AlarmState = ({ state }: { state: string | undefined }) => <StatusIndicator type={TYPES[state ?? ''] ?? 'info'}>{state ?? 'unknown'}</StatusIndicator>
