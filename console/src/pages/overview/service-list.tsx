import { lazy, Suspense } from 'react'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import Spinner from '@cloudscape-design/components/spinner'
import { useScope } from '../../access/scope.tsx'

/** The SDK comes after the page is there. */
const ServiceCounts = lazy(() => import('./service-counts.tsx'))

/** What the account has in each service. */
export function ServiceList () {
  const { account, region } = useScope()
  return (
    <Container fitHeight header={<Header variant='h2' description={`Of the account ${account} in ${region}.`}>Services</Header>}>
      <Suspense fallback={<Spinner />}><ServiceCounts /></Suspense>
    </Container>
  )
}
