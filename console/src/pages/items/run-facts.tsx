import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import { useScope } from '../../access/scope.tsx'
import { countOf } from '../../widgets/numbers.ts'
import { asCli, asJavaScript, asPython } from './snippets.ts'
import type { Found } from './run-search.ts'

/** What a run took, and the same call for other clients. */
export function RunFacts ({ found }: { found: Found }) {
  const { call, items, examined, capacity } = found
  const scope = useScope()
  const snippets = { 'AWS CLI': asCli(call, scope, location.origin), JavaScript: asJavaScript(call, scope, location.origin), Python: asPython(call, scope, location.origin) }
  return (
    <Container>
      <SpaceBetween size='s'>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Operation', value: call.operation },
            { label: 'Capacity', value: <span data-testid='run-capacity'>{`${countOf(capacity?.CapacityUnits ?? 0)} read units`}</span> },
            { label: 'Returned of examined', value: <span data-testid='run-examined'>{`${countOf(items.length)} of ${examined === undefined ? 'unknown' : countOf(examined)}`}</span> },
            { label: 'By', value: partsOf(found) },
          ]}
        />
        <ExpandableSection headerText='The same call elsewhere'>
          <Tabs
            tabs={Object.entries(snippets).map(([label, text]) => ({
              id: label,
              label,
              content: (
                <SpaceBetween size='xs'>
                  <Box><pre className='mono' tabIndex={0} aria-label={`The call with ${label}`}>{text}</pre></Box>
                  <CopyToClipboard copyButtonText='Copy' copySuccessText='Copied' copyErrorText='Not copied' textToCopy={text} />
                </SpaceBetween>
              ),
            }))}
          />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  )
}

function partsOf ({ capacity }: Found): string {
  const indexes = { ...capacity?.GlobalSecondaryIndexes, ...capacity?.LocalSecondaryIndexes }
  const parts = [['table', capacity?.Table?.CapacityUnits], ...Object.entries(indexes).map(([name, { CapacityUnits }]) => [name, CapacityUnits])] as [string, number | undefined][] // pairs
  return parts.filter(([, units]) => units !== undefined).map(([name, units]) => `${name} ${countOf(units ?? 0)}`).join(', ')
}
