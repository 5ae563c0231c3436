import { slotCount } from "./slots.js"

/** The version of the tables and functions below. */
export const shardVersion = 1

/**
 * The tables that make the schema of a queue a shard.
 *
 * - `shard`: one row. `name` is the name of this shard, `members` are the names of all shards, and `rule` is the rule
 *   of the slots. `owned` has a 1 for each slot that this shard has, and `open` for each slot whose updates it accepts.
 * - `departing`: the slots that leave for the shard `target`. Until `is_gone`, the shard owns the slot, and opens it
 *   again if nobody has touched the row for a while. From then on, the slot is the target's as soon as its contents
 *   are there.
 * - `departing_timers`: the timers of slots that are gone, so that no worker of this shard puts their updates.
 * - `arriving`: the slots whose contents are being copied to this shard, by the process `mover`.
 * - `arriving_timers`: their timers.
 */
export const shardTables = `
CREATE TABLE @schema.shard (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  version integer NOT NULL,
  name text NOT NULL,
  members text[] NOT NULL,
  rule text NOT NULL,
  owned bit(${slotCount}) NOT NULL,
  open bit(${slotCount}) NOT NULL
);
CREATE TABLE @schema.departing (
  slot integer PRIMARY KEY,
  target text NOT NULL,
  is_gone boolean NOT NULL DEFAULT false,
  touched_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE @schema.arriving (slot integer PRIMARY KEY, source text NOT NULL, mover text NOT NULL);
CREATE TABLE @schema.departing_timers (
  slot integer NOT NULL, number bigint PRIMARY KEY, bot_id bigint NOT NULL, name text COLLATE "C",
  due_at bigint NOT NULL, lane text COLLATE "C" NOT NULL, own text NOT NULL
);
CREATE INDEX departing_timers_slot ON @schema.departing_timers (slot, number);
CREATE TABLE @schema.arriving_timers (
  slot integer NOT NULL, number bigint NOT NULL, bot_id bigint NOT NULL, name text COLLATE "C",
  due_at bigint NOT NULL, lane text COLLATE "C" NOT NULL, own text NOT NULL,
  PRIMARY KEY (slot, number)
);
`
