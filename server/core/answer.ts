/** The envelope of a success. */
export const answer = <T>(message: string, data: T) => ({ status: 'success' as const, message, data })
