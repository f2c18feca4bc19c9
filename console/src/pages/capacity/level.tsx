import type { Limit } from '../../access/control-types.ts'
import { countOf } from '../../widgets/numbers.ts'
import './level.css'

/** Less than a second's worth of units is drawn as low. */
const isLow = ({ level, rate }: Limit): boolean => level < rate

/** What is in a bucket. */
export function Level ({ limit }: { limit: Limit | undefined }) {
  if (!limit) return null
  const { level, size } = limit
  const share = size === 0 ? 0 : Math.min(Math.max(level / size, 0), 1)
  return (
    <div className='level'>
      <div className='tube'><div className={isLow(limit) ? 'fill low' : 'fill'} style={{ inlineSize: `${share * 100}%` }} /></div>
      <span className='number'>{countOf(level)} of {countOf(size)}</span>
    </div>
  )
}
