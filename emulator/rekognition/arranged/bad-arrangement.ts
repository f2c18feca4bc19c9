/** Says what is wrong with an arrangement, in one line. */
export class BadArrangement extends Error {}
