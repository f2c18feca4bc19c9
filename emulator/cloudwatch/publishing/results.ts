const THROTTLES = new Set(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded', 'SlowDown', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

export const isThrottled = (result: string): boolean => THROTTLES.has(result)

const SERVER_ERRORS = new Set(['InternalServerError', 'InternalFailure', 'InternalError', 'InternalServiceFault', 'ServiceUnavailable', 'NotImplemented', 'ConnectionReset'])

export const isServerError = (result: string): boolean => SERVER_ERRORS.has(result)

/** In hundredths, so that there are not many values to count. */
export const milliseconds = (duration: number): number => Math.max(1, Math.round(duration * 100)) / 100
