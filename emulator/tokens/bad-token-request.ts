/** Says what is wrong with a request for a token, in one line. */
export class BadTokenRequest extends Error {}
