import { lazy, Suspense } from 'react'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Grid from '@cloudscape-design/components/grid'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { AccountList } from './account-list.tsx'
import { ActivityCharts } from './activity-charts.tsx'
import { ClockPanel } from './clock-panel.tsx'
import { LastFailures } from './last-failures.tsx'
import { ServiceList } from './service-list.tsx'

/** Its client comes after the page is there. */
const AlarmStates = lazy(() => import('./alarm-states.tsx'))

/** What runs, how busy it is, and what went wrong last. */
export default function OverviewPage () {
  return (
    <ContentLayout header={<Header variant='h1'>Overview</Header>}>
      <SpaceBetween size='l'>
        <Grid gridDefinition={[{ colspan: { default: 12, xs: 6 } }, { colspan: { default: 12, xs: 6 } }]}>
          <ClockPanel />
          <ServiceList />
        </Grid>
        <ActivityCharts />
        <LastFailures />
        <Suspense><AlarmStates /></Suspense>
        <AccountList />
      </SpaceBetween>
    </ContentLayout>
  )
}
