import Box from '@cloudscape-design/components/box'
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { linkTo, navigate, useAddress } from '../../shell/address.ts'
import { textOf } from '../../shell/messages.tsx'
import { useTable, useTableNames } from '../tables/describe.ts'
import { readSearch } from './builder.ts'
import { Results } from './results.tsx'
import { SearchForm } from './search-form.tsx'

/** `items/TABLE?mode=query&key.id=a`: what a search finds in a table. */
export default function ItemsPage () {
  const { path: [, name], params } = useAddress()
  const names = useTableNames()
  const { data: table, error } = useTable(name)
  const search = readSearch(params)
  return (
    <ContentLayout
      breadcrumbs={name === undefined ? undefined : <BreadcrumbGroup items={[{ text: 'Tables', href: linkTo(['tables']) }, { text: name, href: linkTo(['tables', name]) }, { text: 'Items', href: linkTo(['items', name]) }]} />}
      header={<Header variant='h1'>Items</Header>}
    >
      <SpaceBetween size='l'>
        <Select
          ariaLabel='Table'
          placeholder='Choose a table'
          filteringType='auto'
          virtualScroll
          selectedOption={name === undefined ? null : { value: name }}
          options={(names.data ?? []).map((value) => ({ value }))}
          statusType={names.isPending ? 'loading' : 'finished'}
          empty='There is no table.'
          onChange={({ detail }) => navigate(linkTo(['items', detail.selectedOption.value ?? '']))}
        />
        {error && <StatusIndicator type='error'>{textOf(error)}</StatusIndicator>}
        {name === undefined && <Box>Choose a table to see its items.</Box>}
        {table && (
          <SpaceBetween size='l'>
            <SearchForm key={params.toString()} table={table} search={search} />
            <Results key={`${name} ${params.toString()}`} table={table} search={search} />
          </SpaceBetween>
        )}
      </SpaceBetween>
    </ContentLayout>
  )
}
