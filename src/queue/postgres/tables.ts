/** Returns a name as a quoted identifier of SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * The autovacuum settings of a table whose rows are short-lived. Vacuum begins after a fixed number of
 * dead rows and runs without pauses, so that a busy table does not grow for days.
 */
export const vacuumSettings =
  "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, " +
  "autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.2, " +
  "autovacuum_vacuum_cost_delay = 0"

/**
 * The tables of version 1. `@schema` stands for the name of the queue's schema.
 *
 * - `updates`: the updates that wait or are in workers' hands. A row is inserted once, deleted once and
 *   never updated. `place` is the order of the updates in their lane.
 * - `lanes`: one row for each lane with updates, with all columns that change. `holder` is the worker
 *   that has the first update, and `epoch` the number of that delivery; both are NULL while no worker
 *   has the update. `attempt` is the number of attempts of the first update so far, and `place` the
 *   lane's place in the order of all lanes. `due_at` is the earliest time of a retry; NULL if no retry
 *   is pending.
 * - `ids`: the ids of all updates that were put. Version 3 replaces this table.
 * - `set_aside`: the dead letters, in the order of `number`.
 * - `workers`: the processes that take updates, with the ends of their leases.
 * - the sequence `batches`: the numbers of the batches of updates that transactions store. The places
 *   of the updates follow from these numbers.
 * - the sequence `epochs`: the numbers of the deliveries.
 */
export const tablesOfVersion1 = `
CREATE SEQUENCE @schema.batches CACHE 1;
CREATE SEQUENCE @schema.epochs CACHE 1;

CREATE TABLE @schema.updates (
  bot_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  place bigint NOT NULL,
  update_id bigint NOT NULL,
  put_at timestamptz NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (bot_id, lane, place)
) WITH (${vacuumSettings});

CREATE TABLE @schema.lanes (
  bot_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  place bigint NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  epoch bigint,
  holder bigint,
  due_at timestamptz,
  PRIMARY KEY (bot_id, lane)
) WITH (fillfactor = 70, ${vacuumSettings});
CREATE INDEX lanes_ready ON @schema.lanes (bot_id, place)
  WHERE holder IS NULL AND due_at IS NULL;
CREATE INDEX lanes_resting ON @schema.lanes (due_at)
  WHERE holder IS NULL AND due_at IS NOT NULL;

CREATE TABLE @schema.ids (
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  place bigint NOT NULL,
  handled_at timestamptz,
  PRIMARY KEY (bot_id, update_id)
) WITH (fillfactor = 60, ${vacuumSettings});

CREATE TABLE @schema.set_aside (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  attempt integer NOT NULL,
  set_aside_at timestamptz NOT NULL,
  error text NOT NULL,
  body text NOT NULL,
  UNIQUE (bot_id, update_id)
);

CREATE TABLE @schema.workers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lease interval NOT NULL,
  lease_until timestamptz NOT NULL,
  listens boolean NOT NULL
) WITH (fillfactor = 50);
`

/** The table that version 2 adds: `early`, the parked updates. Their ids are already known. */
export const tablesOfVersion2 = `
CREATE TABLE @schema.early (
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  put_at timestamptz NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (bot_id, update_id)
) WITH (${vacuumSettings});
`

/**
 * The table that version 4 adds: `state`, the values that handlers store. A `version` comes from the
 * sequence `versions`. `expires_at` is the time from which a value counts as deleted, in milliseconds
 * since 1970 on the database's clock; NULL for none.
 *
 * A row of version 0 has no value. Within its transaction it reserves the key of a value that is missing
 * or deleted; no such row is committed.
 */
export const tablesOfVersion4 = `
CREATE SEQUENCE @schema.versions CACHE 1;

CREATE TABLE @schema.state (
  bot_id bigint NOT NULL,
  space text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  json text NOT NULL,
  version bigint NOT NULL,
  expires_at bigint,
  PRIMARY KEY (bot_id, space, key)
) WITH (fillfactor = 70, ${vacuumSettings});
CREATE INDEX state_expiring ON @schema.state (expires_at) WHERE expires_at IS NOT NULL;
`

/**
 * The table that version 5 adds: `timers`, the own updates that wait for their time. `own` is the content as
 * JSON text, `name` the name by which the timer can be replaced, NULL for none, and `due_at` a time in
 * milliseconds since 1970 on the database's clock. The ids of own updates come from the sequence `own_ids`.
 */
export const tablesOfVersion5 = `
CREATE SEQUENCE @schema.own_ids INCREMENT -1 MINVALUE -9007199254740991 MAXVALUE -1 START -1 CACHE 1;

CREATE TABLE @schema.timers (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bot_id bigint NOT NULL,
  name text COLLATE "C",
  due_at bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  own text NOT NULL
) WITH (${vacuumSettings});
CREATE UNIQUE INDEX timers_named ON @schema.timers (bot_id, name) WHERE name IS NOT NULL;
CREATE INDEX timers_due ON @schema.timers (due_at, number);
`

/**
 * The column that version 6 adds: `watched`, the types of updates of which a worker is notified when they enter a
 * lane that it holds; NULL for none.
 */
export const tablesOfVersion6 = `
ALTER TABLE @schema.workers ADD COLUMN watched text[];
`

/**
 * The tables that version 8 adds, for the bots of a fleet.
 *
 * - `bots`: a row for each bot; see `BotRow` in `src/fleet/store/bot-table.ts`. Times are in milliseconds since 1970.
 * - `bot_changes`: one row with the number of the last transaction that changed bots. A transaction locks this row
 *   first, so that transactions run one after the other, and a reader that knows a number has seen all lower ones.
 * - `fleet_leader`: one row with the machine that registers the webhooks.
 */
export const tablesOfVersion8 = `
CREATE TABLE @schema.bots (
  bot_id bigint PRIMARY KEY,
  version bigint NOT NULL,
  token_version bigint NOT NULL,
  sealed_token text NOT NULL,
  kind text NOT NULL,
  data text NOT NULL,
  state text NOT NULL,
  reason text,
  problem text,
  deletes_webhook boolean NOT NULL,
  changed_at bigint NOT NULL
);
CREATE INDEX bots_changed ON @schema.bots (version);
CREATE INDEX bots_removed ON @schema.bots (changed_at) WHERE state = 'removed';
CREATE TABLE @schema.bot_changes (version bigint NOT NULL);
INSERT INTO @schema.bot_changes VALUES (0);
CREATE TABLE @schema.fleet_leader (machine text, leads_until timestamptz NOT NULL);
INSERT INTO @schema.fleet_leader VALUES (NULL, '-infinity');
`

/** The column that version 10 adds: `deletes_data`, true if the data of a removed bot have to be deleted. */
export const tablesOfVersion10 = `
ALTER TABLE @schema.bots ADD COLUMN deletes_data boolean NOT NULL DEFAULT false;
`

/**
 * The columns that version 9 adds. All rows of `lanes` and `early` have the present `era`, which the table `turn`
 * has. Each index begins with the era, so that no search meets the deleted rows of earlier eras, which PostgreSQL
 * has to keep while a transaction is open that may see them. No timer is due before `first_timer`.
 */
export const tablesOfVersion9 = `
ALTER TABLE @schema.turn
  ADD COLUMN era integer NOT NULL DEFAULT 0,
  ADD COLUMN first_timer bigint NOT NULL DEFAULT -9223372036854775808;

ALTER TABLE @schema.lanes ADD COLUMN era integer NOT NULL DEFAULT 0, DROP CONSTRAINT lanes_pkey;
ALTER TABLE @schema.lanes ADD PRIMARY KEY (era, bot_id, lane);
DROP INDEX @schema.lanes_ready, @schema.lanes_resting;
CREATE INDEX lanes_ready ON @schema.lanes (era, bot_id, place)
  WHERE holder IS NULL AND due_at IS NULL;
CREATE INDEX lanes_resting ON @schema.lanes (era, due_at)
  WHERE holder IS NULL AND due_at IS NOT NULL;

ALTER TABLE @schema.early ADD COLUMN era integer NOT NULL DEFAULT 0;
DROP INDEX @schema.early_lanes;
CREATE INDEX early_lanes ON @schema.early (era, bot_id, lane, update_id);
`
