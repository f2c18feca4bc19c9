/** The scenario kit, for scenarios of your own: `import { scenario } from 'sandtable/scenarios'` (docs/ci.md). */
export { ApiClient, type ApiResponse, type RawResponse } from './kit/api-client.ts'
export { Checks, type CheckResult } from './kit/checks.ts'
export type { EmulatorAccess } from './kit/emulator-access.ts'
export type { ExpectedCall } from './kit/expected-calls.ts'
export { NotApplicable } from './kit/not-applicable.ts'
export { scenario, type Scenario, type ScenarioContext, type ScenarioDefinition } from './kit/scenario.ts'
export { itemBytes, readUnits, writeUnits } from './kit/units.ts'
