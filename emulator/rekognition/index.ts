import type { Environment, Service } from '../core/service.ts'

// Placeholder until the service is built.
export function createRekognition (_environment: Environment, _options?: unknown): Service {
  return {
    name: 'rekognition',
    handle: async () => ({ status: 501, headers: {} }),
    reset: async () => {},
    close: async () => {},
  }
}
