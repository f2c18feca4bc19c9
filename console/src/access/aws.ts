import { useMemo } from 'react'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Scope } from './control-types.ts'
import { CONSOLE_CAUSE } from './own-calls.ts'
import { useScope } from './scope.tsx'

/** The configuration of every client: the emulator is where the page comes from, and takes an account for an access key. */
export function clientConfig ({ account, region }: Scope) {
  return {
    endpoint: location.origin,
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'sandtable' },
    // What the emulator refuses on purpose is to be seen, not tried again.
    maxAttempts: 1,
  }
}

/** What {@link markCalls} needs of a client. */
interface Marked {
  middlewareStack: { add (middleware: (next: (args: never) => Promise<never>) => (args: never) => Promise<never>, options: { step: 'build', name: string }): void }
}

/** Marks the calls of a client as the console's. */
export function markCalls<C extends object> (client: C): C {
  const { middlewareStack } = client as C & Marked // every client of the SDK has one
  middlewareStack.add((next) => (args) => {
    const { request } = args as { request: { headers: Record<string, string> } } // at this step it is built
    request.headers['x-request-id'] = CONSOLE_CAUSE
    return next(args)
  }, { step: 'build', name: 'sandtableConsole' })
  return client
}

const clients = new Map<string, DynamoDBClient>()

/** The client for the tables of a scope. */
export function dynamodbFor (scope: Scope): DynamoDBClient {
  const name = `${scope.account}/${scope.region}`
  let client = clients.get(name)
  if (!client) clients.set(name, client = markCalls(new DynamoDBClient(clientConfig(scope))))
  return client
}

/** A client of one service for the account and the region that are looked at. */
export function useClient<C extends object> (Client: new (config: ReturnType<typeof clientConfig>) => C): C {
  const { account, region } = useScope()
  return useMemo(() => markCalls(new Client(clientConfig({ account, region }))), [Client, account, region])
}

export function useDynamodb (): DynamoDBClient {
  const { account, region } = useScope()
  return useMemo(() => dynamodbFor({ account, region }), [account, region])
}
