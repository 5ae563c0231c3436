import { StorageError } from "../../storage-error.js"
import { shardVersion } from "./shard-tables.js"
import type { ShardRecord } from "./shard-database.js"

/** The configuration of this process that every other process has to share. */
export interface ShardConfiguration {
  /** The names of all shards, in alphabetical order. */
  readonly members: readonly string[]
  readonly rule: string
}

/**
 * Returns the error of a shard that does not fit the configuration of this process; `undefined` if it fits.
 *
 * @param name the name that this process has given the shard
 */
export function shardProblem(
  name: string,
  record: ShardRecord,
  { members, rule }: ShardConfiguration,
): StorageError | undefined {
  if (record.version !== shardVersion) {
    const isNewer = record.version > shardVersion
    const remedy = isNewer
      ? "Install that version"
      : "Call `arrangeShards`, or give `migrate: true`"
    return new StorageError(
      isNewer ? "storage-newer" : "storage-outdated",
      `The shard ${name} was made by another version of Sounder. ${remedy}`,
    )
  }
  if (record.name !== name) {
    return differ(`the pool of the shard ${name} leads to the shard ${record.name}`)
  }
  if (record.rule !== rule) {
    return differ(
      `the queue was made with \`by: "${record.rule}"\`, and this process has \`by: "${rule}"\``,
    )
  }
  if (record.members.join() === members.join()) return undefined
  const missing = record.members.filter((member) => !members.includes(member))
  const unknown = members.filter((member) => !record.members.includes(member))
  const parts = [
    missing.length > 0 && `this process lacks ${missing.join(", ")}`,
    unknown.length > 0 && `the shard ${name} does not know ${unknown.join(", ")}`,
  ]
  return differ(parts.filter(Boolean).join(", and "))
}

/** Returns the error of a configuration that differs from the one in the shards. */
export function differ(what: string): StorageError {
  return new StorageError(
    "shards-differ",
    `The shards of this process differ from the queue's: ${what}. Give every process the same shards under the same ` +
      "names, and add a new shard with `arrangeShards`",
  )
}

/** Returns the error of a database that is no shard yet. */
export function notArranged(name: string): StorageError {
  return new StorageError(
    "storage-outdated",
    `The database of the shard ${name} is no shard yet. Call \`arrangeShards\` once, or give the queue \`migrate: true\``,
  )
}
