import { randomBytes } from 'node:crypto'

export { sortableId } from '../../core/sortable-id.ts'

/** A face id in the seed's form, with a short random part: two faces may be stored in one millisecond. */
export function faceId (now: number): string {
  return `face_${now}_${randomBytes(4).toString('hex')}`
}
