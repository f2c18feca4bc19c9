import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { I18nProvider } from '@cloudscape-design/components/i18n'
import messages from '@cloudscape-design/components/i18n/messages/all.en'
import '@cloudscape-design/global-styles/index.css'
import { followActivity } from './live/activity.ts'
import { followLinks } from './shell/address.ts'
import { App } from './shell/app.tsx'
import { startAppearance } from './shell/appearance.ts'
import './shell/shell.css'

// What fails on this machine fails at once; the emulator's return asks for everything again.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, staleTime: 1000, networkMode: 'always' }, mutations: { networkMode: 'always' } } })

startAppearance()
followLinks()
followActivity(() => { void queries.invalidateQueries() })

createRoot(document.getElementById('root')!).render( // index.html has it
  <StrictMode>
    <QueryClientProvider client={queries}>
      <I18nProvider locale='en' messages={[messages]}>
        <App />
      </I18nProvider>
    </QueryClientProvider>
  </StrictMode>
)
