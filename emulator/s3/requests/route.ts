/** What a request is about. */
export type Resource = 'service' | 'bucket' | 'object'

/** An operation, and what a request for it looks like: method, resource, members of its query, a header. */
export type Route = readonly [operation: string, method: string, on: Resource, query: readonly string[], header?: string]
