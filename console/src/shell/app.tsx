import { Suspense, useState } from 'react'
import AppLayout from '@cloudscape-design/components/app-layout'
import Box from '@cloudscape-design/components/box'
import ErrorBoundary from '@cloudscape-design/components/error-boundary'
import Link from '@cloudscape-design/components/link'
import Spinner from '@cloudscape-design/components/spinner'
import { ScopeProvider } from '../access/scope.tsx'
import { useAddress, linkTo } from './address.ts'
import { Messages } from './messages.tsx'
import { Navigation } from './navigation.tsx'
import { PAGES } from './pages.ts'
import { TopBar } from './top-bar.tsx'

/** Everything: the bar at the top, the list of pages, and the page that the address names. */
export function App () {
  return (
    <ScopeProvider waiting={<Frame><Waiting /></Frame>}>
      <Frame><CurrentPage /></Frame>
    </ScopeProvider>
  )
}

function Frame ({ children }: { children: React.ReactNode }) {
  const [open, setOpen] = useState(() => window.innerWidth > 900)
  return (
    <>
      <div id='top-bar'><TopBar /></div>
      <AppLayout
        headerSelector='#top-bar'
        navigation={<Navigation />}
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        toolsHide
        notifications={<Messages />}
        stickyNotifications
        content={<Suspense fallback={<Waiting />}>{children}</Suspense>}
      />
    </>
  )
}

function CurrentPage () {
  const { path } = useAddress()
  const page = PAGES.find(({ name }) => name === (path[0] ?? ''))
  if (!page) return <Box padding='xl'>There is no such page. <Link href={linkTo([])}>Go to the overview</Link></Box>
  document.title = page.name === '' ? 'Sandtable' : `${[...path.slice(1), page.title].join(' · ')} · Sandtable`
  const { component: Component } = page
  // What one page throws ends at the next.
  return <ErrorBoundary key={page.name} onError={({ error }) => console.error(error)}><Component /></ErrorBoundary>
}

const Waiting = () => <Box padding='xxl' textAlign='center'><Spinner size='large' /> <Box variant='span'>Loading</Box></Box>
