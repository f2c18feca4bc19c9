import type { Config } from '../../../config.ts'
import type { DesignParts, FaceDesign } from './design.ts'
import { historyDesign } from './history.ts'
import { singleDesign } from './single.ts'

/** The designs by what `FACE_DESIGN` calls them. */
export const designs: Readonly<Record<Config['face']['design'], (parts: DesignParts) => FaceDesign>> = {
  single: singleDesign,
  history: historyDesign,
}
