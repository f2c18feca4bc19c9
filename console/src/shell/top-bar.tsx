import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation'
import { useAccounts } from '../access/scope.tsx'
import { useClock } from '../live/clock.ts'
import { linkTo, linkWith, navigate, useAddress } from './address.ts'
import { chooseAppearance, useAppearance, type Appearance } from './appearance.ts'

const APPEARANCES: Record<Appearance, string> = { system: 'As the device', light: 'Light', dark: 'Dark' }

/** Name, time, account and region, and how the page looks. */
export function TopBar () {
  const { params } = useAddress()
  const { data: accounts } = useAccounts()
  const clock = useClock()
  const appearance = useAppearance()

  const account = params.get('account') ?? accounts?.defaults.account ?? ''
  const region = params.get('region') ?? accounts?.defaults.region ?? ''
  const choices = scopesOf(accounts?.holders ?? [], { account, region })
  const utilities: TopNavigationProps.Utility[] = [
    ...clock ? [{ type: 'button' as const, iconName: 'calendar' as const, text: `${shortTime(clock.now)}${clock.frozen ? ' (frozen)' : ''}`, title: 'The emulator\'s time, UTC', href: linkTo([]) }] : [],
    {
      type: 'menu-dropdown',
      iconName: 'user-profile',
      text: `${account} · ${region}`,
      title: 'Account and region',
      items: choices.map((scope) => ({ id: `${scope.account}/${scope.region}`, text: `${scope.account} · ${scope.region}` })),
      onItemClick: ({ detail }) => {
        const [account, region] = detail.id.split('/')
        navigate(linkWith({ account, region }))
      },
    },
    {
      type: 'menu-dropdown',
      iconName: 'settings',
      ariaLabel: 'Appearance',
      title: 'Appearance',
      items: Object.entries(APPEARANCES).map(([id, text]) => ({ id, text, itemType: 'checkbox' as const, checked: id === appearance })),
      onItemClick: ({ detail }) => chooseAppearance(detail.id as Appearance), // one of the items
    },
  ]
  return (
    <TopNavigation
      identity={{ href: linkTo([]), title: 'Sandtable', onFollow: (event) => { event.preventDefault(); navigate(linkTo([])) } }}
      utilities={utilities}
    />
  )
}

const shortTime = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')

interface Held { account: string, region?: string }

/** Every account with every region in which it has something, and the present one. */
function scopesOf (holders: readonly Held[], current: Required<Held>): Required<Held>[] {
  const found = new Map<string, Required<Held>>()
  for (const { account, region = current.region } of [current, ...holders]) found.set(`${account}/${region}`, { account, region })
  return [...found.values()].sort((a, b) => `${a.account}/${a.region}` < `${b.account}/${b.region}` ? -1 : 1)
}
