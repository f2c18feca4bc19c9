import type { ServiceFaults } from '../core/faults.ts'
import type { S3Context } from './context.ts'
import { accessDenied, internalError, S3Error, slowDown } from './errors.ts'
import type { S3Request } from './requests/request.ts'

/** How S3 reports injected faults. */
export const faults: ServiceFaults<S3Context> = {
  subjects (input) {
    const { bucket, key } = input as S3Request // the protocol's own
    if (bucket === '') return []
    return [key === '' ? { resource: bucket } : { resource: bucket, key }]
  },
  throttled: slowDown,
  internal: internalError,
  accessDenied: () => accessDenied(),
  named: ({ code, status = 400, message = '' }) => new S3Error(code, status, message),
}
