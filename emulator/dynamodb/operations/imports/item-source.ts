/** An item that is still to be checked, or the error in its place. */
export type SourceItem = { readonly item: unknown, readonly fault?: undefined } | { readonly fault: string }

/** Reads the items of one object as its bytes arrive; throws if the rest of it cannot be read. */
export type ReadItems = (bytes: AsyncIterable<Uint8Array>) => AsyncGenerator<SourceItem>

export const TOO_LONG: SourceItem = { fault: 'The line is too long' }

export const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error)
