import type { TracedCall } from '../core/traced-call.ts'
import type { PolicyDocument, StatementDocument } from './evaluator/policy-document.ts'

/**
 * The smallest policy that allows what calls asked for, by the trace: each action on the tables, indexes and collections
 * that it was used on. Objects are not named one by one: an action on objects is allowed on all of their bucket.
 *
 * @param calls  made with IAM on or in audit mode; others say nothing of access
 */
export function leastPrivilege (calls: readonly Pick<TracedCall, 'access'>[]): PolicyDocument {
  const resources = new Map<string, Set<string>>()
  for (const { access = [] } of calls) {
    for (const { action, resource } of access) {
      let used = resources.get(action)
      if (!used) resources.set(action, used = new Set())
      used.add(widened(action, resource))
    }
  }
  // Actions on the same resources of a service share a statement.
  const statements = new Map<string, StatementDocument & { Action: string[] }>()
  for (const action of [...resources.keys()].sort()) {
    const used = [...resources.get(action)!].sort() // the keys are its own
    const key = `${action.split(':')[0]} ${used.join(' ')}`
    const statement = statements.get(key)
    if (statement) statement.Action.push(action)
    else statements.set(key, { Effect: 'Allow', Action: [action], Resource: used.length === 1 ? used[0]! : used })
  }
  return { Version: '2012-10-17', Statement: [...statements.values()] }
}

function widened (action: string, resource: string): string {
  const bucket = action.startsWith('s3:') ? /^arn:aws:s3:::[^/]+\//.exec(resource)?.[0] : undefined
  // A stream is named for the time at which it was made.
  return bucket === undefined ? resource.replace(/\/stream\/.*$/, '/stream/*') : `${bucket}*`
}
