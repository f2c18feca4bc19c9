import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Profile } from '../schemas.ts'
import { idIn, profileKey } from '../tables.ts'
import { read, write, type ChatStore } from './store.ts'

type StoredProfile = Omit<Profile, 'userId'> & { PK: string, SK: string }

/** Profiles, one a user. */
export function createProfiles (store: ChatStore) {
  const { documents, table } = store
  return {
    /** Access pattern "profile": one GetItem. */
    async get (userId: string): Promise<Profile | undefined> {
      const { Item } = await read(store, () => documents.send(new GetCommand({ TableName: table, Key: profileKey(userId) })))
      return Item && shown(Item as StoredProfile) // only put() writes here
    },

    /** Access pattern "write a profile": one UpdateItem, which keeps the creation time. */
    async put (userId: string, profile: Pick<Profile, 'name' | 'email' | 'role'>, at: string): Promise<Profile> {
      const { Attributes } = await write(store, () => documents.send(new UpdateCommand({
        TableName: table,
        Key: profileKey(userId),
        UpdateExpression: 'SET #name = :name, email = :email, #role = :role, createdAt = if_not_exists(createdAt, :at), updatedAt = :at',
        ExpressionAttributeNames: { '#name': 'name', '#role': 'role' },
        ExpressionAttributeValues: { ':name': profile.name, ':email': profile.email, ':role': profile.role, ':at': at },
        ReturnValues: 'ALL_NEW',
      })))
      return shown(Attributes as StoredProfile) // as it was just written
    },
  }
}

export type Profiles = ReturnType<typeof createProfiles>

function shown ({ PK, SK, ...profile }: StoredProfile): Profile {
  return { userId: idIn(PK), ...profile }
}
