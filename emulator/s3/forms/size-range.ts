/** The sizes that a policy without `content-length-range` allows. */
export const LIMITLESS = { min: 0, max: Infinity }
