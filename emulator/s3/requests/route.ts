/** The kind of a request's resource. */
export type Resource = 'service' | 'bucket' | 'object'

/** An operation, and how to recognize a request for it: method, resource, members of its query, a header. */
export type Route = readonly [operation: string, method: string, on: Resource, query: readonly string[], header?: string]
