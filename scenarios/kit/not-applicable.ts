/** Thrown where a scenario cannot run on this target; it is then reported as skipped, with this reason. */
export class NotApplicable extends Error {}
