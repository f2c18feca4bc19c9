/** An image that can never be processed. The message is shown to its owner. */
export class NotProcessable extends Error {}
