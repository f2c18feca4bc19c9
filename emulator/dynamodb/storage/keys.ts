/**
 * The key layout of the ordered store: dynalite's layout, with a prefix of our own for TTL. Table and index names contain
 * no tilde, so keys of two tables cannot collide.
 */
export const keys = {
  table: (name: string) => `table~${name}`,
  item: (table: string, key: string) => `item-${table}~${key}`,
  /** The prefix of the entries of all indexes of a kind. */
  indexes: (table: string, global: boolean) => `index-${global ? 'global' : 'local'}~${table}~`,
  indexEntry: (table: string, { index, global }: { index: string, global: boolean }, key: string) => `${keys.indexes(table, global)}${index}~${key}`,
  /** A transaction, by its client's token. */
  idempotencyToken: (token: string) => `token~${token}`,
  backup: (id: string) => `backup~${id}`,
  backupItem: (id: string, place: string) => `backup-${id}~${place}`,
  export: (id: string) => `export~${id}`,
  import: (id: string) => `import~${id}`,
  /** Marks a table that is being filled and has no record yet. */
  filling: (table: string) => `filling~${table}`,
  /** The levels of a table's throughput. */
  capacity: (tableId: string) => `capacity~${tableId}`,
  /** A record of a table's change log. */
  change: (tableId: string, sequence: string) => `change-${tableId}~${sequence}`,
  /** A stream, by its table's name and its own label. */
  stream: (table: string, label: string) => table === '' ? 'stream~' : `stream~${table}~${label}`,
  /** When and where an item of a replica was last written. */
  version: (table: string, key: string) => `version-${table}~${key}`,
  /** Marks the version of an item that was deleted. */
  tombstone: (table: string, key: string) => `tombstone-${table}~${key}`,
  /** How far a replica has applied the change log of another region. */
  replicated: (table: string, region: string) => `replicated-${table}~${region}`,
  /** @param expiry  epoch seconds, 0 or more */
  expiry: (table: string, expiry: number, key: string) => `ttl-${table}~${String(expiry).padStart(16, '0')}~${key}`,
}

/** The range of keys with a prefix that ends in a tilde. */
export function allUnder (prefix: string): { gte: string, lt: string } {
  return { gte: prefix, lt: prefix.slice(0, -1) + '\x7f' }
}
