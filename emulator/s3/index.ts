import type { Environment, Service } from '../core/service.ts'

// Placeholder until the service is built.
export function createS3 (_environment: Environment, _options?: unknown): Service {
  return {
    name: 's3',
    handle: async () => ({ status: 501, headers: {} }),
    reset: async () => {},
    close: async () => {},
  }
}
