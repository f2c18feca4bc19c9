import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { withTable } from '../../../core/errors.ts'
import { toMap } from '../preferences.ts'
import type { User, UserChanges } from '../schemas.ts'
import { updateOf } from './update.ts'

/** Profiles, one a user: the feature's only caller of the table `k9-users-{env}`. */
export function createUsers (documents: DynamoDBDocumentClient, table: string) {
  return {
    /** Access pattern "my profile": one GetItem. */
    async get (userId: string): Promise<User | undefined> {
      const { Item } = await withTable(table, () => documents.send(new GetCommand({ TableName: table, Key: { user_id: userId } })))
      return Item as User | undefined // only update() and imports write here, and both check
    },

    /** Access pattern "create or update my profile": one UpdateItem, whether or not there is one. */
    async update (userId: string, { preferences, ...changes }: UserChanges, at: string): Promise<User> {
      const { Attributes } = await withTable(table, () => documents.send(new UpdateCommand({
        TableName: table,
        Key: { user_id: userId },
        ...updateOf({ changes: { ...changes, preferences: preferences && toMap(preferences), updated_at: at }, once: { created_at: at } }),
        ReturnValues: 'ALL_NEW',
      })))
      return Attributes as User // as above
    },
  }
}

export type Users = ReturnType<typeof createUsers>
