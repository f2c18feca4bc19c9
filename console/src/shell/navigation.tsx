import SideNavigation from '@cloudscape-design/components/side-navigation'
import { linkTo, navigate, useAddress } from './address.ts'
import { PAGES } from './pages.ts'

/** The list of pages. */
export function Navigation () {
  const { path } = useAddress()
  return (
    <SideNavigation
      activeHref={linkTo(path.slice(0, 1))}
      items={PAGES.map(({ name, title }) => ({ type: 'link' as const, text: title, href: linkTo(name === '' ? [] : [name]) }))}
      onFollow={(event) => {
        event.preventDefault()
        navigate(event.detail.href)
      }}
    />
  )
}
