import { useState } from 'react'
import { PutMetricAlarmCommand, type ComparisonOperator, type Statistic } from '@aws-sdk/client-cloudwatch'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Form from '@cloudscape-design/components/form'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useCloudwatch } from '../../access/cloudwatch.ts'
import { linkTo, navigate } from '../../shell/address.ts'
import { tell, textOf } from '../../shell/messages.tsx'
import { Choice, named } from '../../widgets/choice.tsx'
import { dimensionsOf, idOf, metricOf, PERIODS, STATISTICS, useMetrics } from '../metrics/metrics.ts'
import { COMPARISONS } from './alarms.ts'

const MISSING = ['missing', 'notBreaching', 'breaching', 'ignore']

/** What PutMetricAlarm is to be given, as it is written. @param params  the metric, its statistic and period */
function newDraft (params: URLSearchParams) {
  return {
    metric: params.get('create') ?? '',
    stat: params.get('stat') ?? 'Sum',
    period: params.get('period') ?? '60',
    name: '',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: '',
    periods: '1',
    datapoints: '',
    missing: 'missing',
    action: '',
  }
}

/** Makes an alarm on one metric; CloudWatch checks it. */
export function AlarmForm ({ params }: { params: URLSearchParams }) {
  const client = useCloudwatch()
  const queries = useQueryClient()
  const metrics = useMetrics()
  const [draft, setDraft] = useState(() => newDraft(params))
  const metric = metricOf(draft.metric)
  const create = useMutation({
    async mutationFn () {
      if (!metric) throw new Error('Choose a metric')
      const { name, stat, period, comparison, threshold, periods, datapoints, missing, action } = draft
      await client.send(new PutMetricAlarmCommand({
        AlarmName: name,
        ...metric,
        ...stat.startsWith('p') ? { ExtendedStatistic: stat } : { Statistic: stat as Statistic }, // one of the choices
        Period: Number(period),
        ComparisonOperator: comparison as ComparisonOperator, // one of the choices
        Threshold: numberOf('Threshold', threshold),
        EvaluationPeriods: numberOf('Periods', periods),
        ...datapoints !== '' && { DatapointsToAlarm: numberOf('Breaching datapoints', datapoints) },
        TreatMissingData: missing,
        ...action !== '' && { AlarmActions: [action] },
      }))
      return name
    },
    async onSuccess (name) {
      tell('success', `The alarm ${name} is created.`)
      await queries.invalidateQueries({ queryKey: ['alarms'] })
      navigate(linkTo(['alarms', name]))
    },
  })
  const set = (changes: Partial<typeof draft>) => setDraft({ ...draft, ...changes })
  const text = (name: keyof typeof draft, label: string, placeholder = '') => (
    <FormField label={label}><Input value={draft[name]} placeholder={placeholder} onChange={({ detail }) => set({ [name]: detail.value })} /></FormField>
  )
  const options = (metrics.data ?? []).map((one) => ({ value: idOf(one), label: one.MetricName ?? '', description: dimensionsOf(one), tags: [one.Namespace ?? ''] }))
  return (
    <ContentLayout
      breadcrumbs={<BreadcrumbGroup items={[{ text: 'Alarms', href: linkTo(['alarms']) }, { text: 'Create alarm', href: linkTo(['alarms'], { create: 'form' }) }]} />}
      header={<Header variant='h1'>Create alarm</Header>}
    >
      <form onSubmit={(event) => { event.preventDefault(); create.mutate() }}>
        <Container>
          <Form
            errorText={create.isError ? textOf(create.error) : undefined}
            actions={
              <SpaceBetween direction='horizontal' size='xs'>
                <Button variant='link' formAction='none' href={linkTo(['alarms'])}>Cancel</Button>
                <Button variant='primary' formAction='submit' disabled={draft.name === ''} loading={create.isPending}>Create alarm</Button>
              </SpaceBetween>
            }
          >
            <SpaceBetween size='m'>
              {text('name', 'Alarm name')}
              <FormField label='Metric' stretch>
                <Select
                  filteringType='auto'
                  virtualScroll
                  placeholder='Choose a metric'
                  options={options}
                  selectedOption={metric ? { value: draft.metric, label: `${metric.MetricName} ${dimensionsOf(metric)}` } : null}
                  statusType={metrics.isPending ? 'loading' : 'finished'}
                  empty='There is no metric.'
                  onChange={({ detail }) => set({ metric: detail.selectedOption.value ?? '' })}
                />
              </FormField>
              <SpaceBetween direction='horizontal' size='m'>
                <Choice label='Statistic' value={draft.stat} options={named(STATISTICS)} onChange={(stat) => set({ stat })} />
                <Choice label='Period' value={draft.period} options={PERIODS} onChange={(period) => set({ period })} />
                <Choice label='Comparison' value={draft.comparison} options={COMPARISONS} onChange={(comparison) => set({ comparison })} />
                {text('threshold', 'Threshold', '1')}
              </SpaceBetween>
              <SpaceBetween direction='horizontal' size='m'>
                {text('periods', 'Periods')}
                {text('datapoints', 'Breaching datapoints', 'all')}
                <Choice label='Missing data' value={draft.missing} options={named(MISSING)} onChange={(missing) => set({ missing })} />
                {text('action', 'ARN of an action', 'arn:aws:sns:us-east-1:000000000000:oncall')}
              </SpaceBetween>
            </SpaceBetween>
          </Form>
        </Container>
      </form>
    </ContentLayout>
  )
}

function numberOf (label: string, text: string): number {
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new Error(`${label} takes a number`)
  return Number(text)
}
