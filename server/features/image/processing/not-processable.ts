/** An image that nothing can be made of, however often it is tried. The message is shown to its owner. */
export class NotProcessable extends Error {}
