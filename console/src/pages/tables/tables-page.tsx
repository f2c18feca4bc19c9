import { linkTo, navigate, useAddress } from '../../shell/address.ts'
import { CreateTable } from './create-table.tsx'
import { TableList } from './table-list.tsx'
import { TableView } from './table-view.tsx'

/** `tables`, `tables?create`, `tables/NAME`. */
export default function TablesPage () {
  const { path: [, name], params } = useAddress()
  if (name !== undefined) return <TableView key={name} name={name} />
  if (params.has('create')) return <CreateTable onDone={(created) => navigate(created === undefined ? linkTo(['tables']) : linkTo(['tables', created]))} />
  return <TableList />
}
