import Header from '@cloudscape-design/components/header'
import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import Table from '@cloudscape-design/components/table'
import { useAccounts, useScope } from '../../access/scope.tsx'
import { linkWith } from '../../shell/address.ts'

interface Row {
  account: string
  region: string
  services: string[]
}

/** Every account that has state, with the regions and services in which it has it. */
export function AccountList () {
  const scope = useScope()
  const { data } = useAccounts()
  const rows = new Map<string, Row>()
  for (const { service, account, region = scope.region } of data?.holders ?? []) {
    const id = `${account} ${region}`
    const row = rows.get(id) ?? { account, region, services: [] }
    rows.set(id, { ...row, services: [...row.services, service].sort() })
  }
  return (
    <Table
      variant='container'
      header={<Header variant='h2' description='An access key of twelve digits is an account of its own. A bucket is listed in each region.'>Accounts</Header>}
      items={[...rows.values()].sort((a, b) => `${a.account} ${a.region}` < `${b.account} ${b.region}` ? -1 : 1)}
      empty={<Box textAlign='center'>No account has anything yet.</Box>}
      columnDefinitions={[
        { id: 'account', header: 'Account', isRowHeader: true, cell: ({ account, region }) => <Link href={linkWith({ account, region })}>{account}</Link> },
        { id: 'region', header: 'Region', cell: ({ region }) => region },
        { id: 'services', header: 'Services with state', cell: ({ services }) => services.join(', ') },
        { id: 'shown', header: 'Shown', cell: ({ account, region }) => account === scope.account && region === scope.region ? 'yes' : '' },
      ]}
    />
  )
}
