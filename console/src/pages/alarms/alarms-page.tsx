import { useAddress } from '../../shell/address.ts'
import { AlarmForm } from './alarm-form.tsx'
import { AlarmList } from './alarm-list.tsx'
import { AlarmView } from './alarm-view.tsx'
import { useFollowedAlarms } from './alarms.ts'

/** `alarms`, `alarms?create=METRIC`, `alarms/NAME`. */
export default function AlarmsPage () {
  const { path: [, name], params } = useAddress()
  useFollowedAlarms()
  if (name !== undefined) return <AlarmView key={name} name={name} />
  if (params.has('create')) return <AlarmForm params={params} />
  return <AlarmList />
}
