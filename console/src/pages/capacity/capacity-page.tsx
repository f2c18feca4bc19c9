import { useAddress } from '../../shell/address.ts'
import { CapacityList } from './capacity-list.tsx'
import { TableCapacity } from './table-capacity.tsx'

/** `capacity`, `capacity/TABLE?index=NAME`. */
export default function CapacityPage () {
  const { path: [, table], params } = useAddress()
  if (table === undefined) return <CapacityList />
  return <TableCapacity key={table} table={table} index={params.get('index') ?? undefined} />
}
