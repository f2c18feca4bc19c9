import { useQuery } from '@tanstack/react-query'
import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { control } from '../../access/control.ts'
import type { ComparedPart } from '../../access/control-types.ts'
import { linkWith, navigate, useAddress } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { Choice, named } from '../../widgets/choice.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { Text } from '../../widgets/text.tsx'

/** `snapshots?first=a&second=b`: what differs between two saved states. */
export function Comparison ({ names }: { names: readonly string[] }) {
  const { params } = useAddress()
  const [first, second] = [params.get('first') ?? '', params.get('second') ?? '']
  const { data, error, isFetching } = useQuery({
    queryKey: ['comparison', first, second],
    enabled: first !== '' && second !== '',
    queryFn: () => control('GET /snapshots/{name}/compare/{other}', `/snapshots/${encodeURIComponent(first)}/compare/${encodeURIComponent(second)}`),
  })
  const choose = (which: string) => (value: string) => navigate(linkWith({ [which]: value }), { replace: true })
  return (
    <Container header={<Header variant='h2' description='The items of tables and the objects of buckets.'>Compare two</Header>}>
      <SpaceBetween size='m'>
        <SpaceBetween direction='horizontal' size='m'>
          <Choice label='First' value={first} options={named(names)} onChange={choose('first')} />
          <Choice label='Second' value={second} options={named(names)} onChange={choose('second')} />
        </SpaceBetween>
        {isFetching && <Spinner />}
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        {data?.parts.length === 0 && <StatusIndicator type='success'>Both have the same items and objects.</StatusIndicator>}
        {data?.parts.map((part) => <Part key={`${part.service} ${part.account} ${part.region} ${part.name}`} part={part} />)}
      </SpaceBetween>
    </Container>
  )
}

function Part ({ part }: { part: ComparedPart }) {
  const { kind, name, account, region, only, added, changed, gone, examples } = part
  const what = [only === undefined ? '' : `only in the ${only}`, `${countOf(added)} added`, `${countOf(changed)} changed`, `${countOf(gone)} gone`].filter((text) => text !== '')
  return (
    <ExpandableSection headerText={<Text>{name}</Text>} headerDescription={`${what.join(', ')}: ${kind} of ${account}${region === undefined ? '' : ` in ${region}`}`}>
      {examples.length === 0
        ? <Box>It has nothing that differs.</Box>
        : (
          <SpaceBetween size='s'>
            {examples.map(({ change, key, before, after }, place) => (
              <ColumnLayout key={place} columns={2}>
                <div><Box variant='awsui-key-label'>{change}{key !== undefined && <> <Text>{key}</Text></>}: before</Box><Value value={before} isThere={change !== 'added'} /></div>
                <div><Box variant='awsui-key-label'>after</Box><Value value={after} isThere={change !== 'gone'} /></div>
              </ColumnLayout>
            ))}
            {examples.length < added + changed + gone && <Box color='text-body-secondary'>At most ten of each kind are shown.</Box>}
          </SpaceBetween>
          )}
    </ExpandableSection>
  )
}

function Value ({ value, isThere }: { value: unknown, isThere: boolean }) {
  if (!isThere) return <Box color='text-body-secondary'>not there</Box>
  return value === undefined ? <Box color='text-body-secondary'>larger than 8 KB</Box> : <div className='mono'><Text most={10_000}>{JSON.stringify(value)}</Text></div>
}
