import type { Environment, Service } from '../core/service.ts'

// Placeholder until the service is built.
export function createDynamodb (_environment: Environment, _options?: unknown): Service {
  return {
    name: 'dynamodb',
    handle: async () => ({ status: 501, headers: {} }),
    reset: async () => {},
    close: async () => {},
  }
}
