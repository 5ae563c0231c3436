import { expectOptionsObject } from "../../../ground/expect-option.js"
import { StorageError } from "../../storage-error.js"
import { expectSchema } from "../migrate.js"
import { ShardDatabase, type ShardRecord } from "./shard-database.js"
import { expectRule, expectShards, type Shards } from "./shard-pools.js"
import { differ, type ShardConfiguration, shardProblem } from "./shards-differ.js"
import { slotCount, type SlotRule } from "./slots.js"

/** The options of {@link arrangeShards}. */
export interface ArrangeOptions {
  /** The name of the queue's schema in each database. Default: `"sounder"`. */
  readonly schema?: string
  /** The rule that assigns updates to slots, as in `ShardedQueueOptions.by`. Default: `"bot"`. */
  readonly by?: SlotRule
}

/** The time limit of a statement that arranges shards, in milliseconds. */
const timeoutMs = 60_000

/**
 * Prepares the databases of a `ShardedQueue`: creates or migrates the schema of each, shares the slots out among the
 * shards of a new queue, and adds new shards to a queue that exists. A new shard has no slots until `moveSlots` brings
 * some. May be called by any number of processes, and again after a failure.
 *
 * The database of a `PostgresQueue` with contents becomes a shard when it is the only one: call this function with it
 * alone, then with all shards.
 *
 * Rejects with a `StorageError` if a database cannot be used, and with the code `shards-differ` if the shards are not
 * those of the queue, or if a new shard has contents.
 */
export async function arrangeShards(shards: Shards, options: ArrangeOptions = {}): Promise<void> {
  expectOptionsObject(options, "arrangeShards(shards, { schema, by })", { schema: true, by: true })
  const schema = expectSchema(options.schema ?? "sounder")
  const rule = expectRule(options.by)
  const databases = expectShards(shards).map(
    (shard) => new ShardDatabase(shard, { schema, timeoutMs }),
  )
  const configuration = { members: databases.map(({ name }) => name), rule }
  for (const database of databases) await database.migrate()
  await create(databases, configuration)
  const records = await recordsOf(databases)
  for (const [database, { members }] of records) {
    if (members.join() !== configuration.members.join())
      await database.setMembers(configuration.members)
  }
  expectWhole(records)
}

type Records = ReadonlyMap<ShardDatabase, ShardRecord>

/** Writes the records of the databases that have none. */
async function create(
  databases: readonly ShardDatabase[],
  configuration: ShardConfiguration,
): Promise<void> {
  const records = await recordsOf(databases, { mayLack: true })
  const { members } = configuration
  for (const [database, record] of records) {
    // A shard may not know a member that is added now.
    const known = {
      ...record,
      members: record.members.every((name) => members.includes(name)) ? members : record.members,
    }
    const problem = shardProblem(database.name, known, configuration)
    if (problem) throw problem
  }
  const all = [...records.values()]
  const lacking = databases.filter((database) => !records.has(database))
  // A shard that the others know, but that has no record: an earlier call was interrupted. Its slots are free.
  const begun = lacking.filter(({ name }) => all.every((record) => record.members.includes(name)))
  const free = freeSlots(all)
  const shares = lacking.map((database) => {
    const place = begun.indexOf(database)
    return { database, slots: free.filter((_, index) => index % begun.length === place) }
  })
  for (const { database, slots } of shares) {
    if (slots.length < slotCount) await expectEmpty(database)
  }
  for (const { database, slots } of shares) await database.create(configuration, slots)
}

/** Throws if a database has contents of a queue: those of slots on other shards would be lost from sight. */
async function expectEmpty(database: ShardDatabase): Promise<void> {
  // With a record, another process has arranged the database meanwhile.
  if ((await database.isEmpty()) || (await database.record())) return
  throw new StorageError(
    "shards-differ",
    `The database of the shard ${database.name} has contents of a queue already, which belong to bots of all slots. ` +
      "Call `arrangeShards` with this shard alone, then with all shards, and move slots with `moveSlots`. A shard that " +
      "is added to a queue needs an empty database",
  )
}

/** Returns the slots that no shard owns, and that no shard has given up for another. */
function freeSlots(records: readonly ShardRecord[]): number[] {
  return Array.from({ length: slotCount }, (_, slot) => slot).filter((slot) =>
    records.every(
      ({ owned, departing }) => owned[slot] === "0" && !departing.some((one) => one.slot === slot),
    ),
  )
}

async function recordsOf(
  databases: readonly ShardDatabase[],
  { mayLack = false } = {},
): Promise<Records> {
  const records = new Map<ShardDatabase, ShardRecord>()
  for (const database of databases) {
    const record = await database.record()
    if (record) records.set(database, record)
    else if (!mayLack) throw differ(`the record of the shard ${database.name} has disappeared`)
    if (record && record.name !== database.name) {
      throw differ(`the pool of the shard ${database.name} leads to the shard ${record.name}`)
    }
  }
  return records
}

/** Throws unless each slot is on one shard, or on its way. */
function expectWhole(records: Records): void {
  const all = [...records.values()]
  for (let slot = 0; slot < slotCount; slot++) {
    const owners = all.filter(({ owned }) => owned[slot] === "1")
    if (owners.length > 1) {
      const names = owners.map(({ name }) => name).join(" and ")
      throw differ(`the slot ${slot} is on the shards ${names}, as after the restoring of a backup`)
    }
  }
  const free = freeSlots(all)
  if (free.length > 0) throw differ(`${free.length} slots are on none of the shards`)
}
