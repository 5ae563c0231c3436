/** A name as it stands in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * How a table that lives fast is swept: by the number of its dead rows alone, and without rests, so
 * that a queue that runs full for days does not grow.
 */
export const swept =
  "autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, " +
  "autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.2, " +
  "autovacuum_vacuum_cost_delay = 0"

/**
 * The tables of version 1. `@schema` stands for the name of the queue's schema.
 *
 * - `updates`: the updates that wait or are being handled. A row is written once and removed once.
 * - `lanes`: a row for each lane that has updates, with all that changes: the worker that holds it,
 *   under which epoch, how often the update at its head has been taken, and the lane's place in the
 *   order of all lanes.
 * - `workers`: the processes that hold lanes.
 */
export const tables = `
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
) WITH (${swept});

CREATE TABLE @schema.lanes (
  bot_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  place bigint NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  epoch bigint,
  holder bigint,
  due_at timestamptz,
  PRIMARY KEY (bot_id, lane)
) WITH (fillfactor = 70, ${swept});
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
) WITH (fillfactor = 60, ${swept});

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

/**
 * The table that version 2 adds: updates that have come before their turn, each until its receiver
 * says that its turn has come. Their ids are known meanwhile.
 */
export const earlyTable = `
CREATE TABLE @schema.early (
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  put_at timestamptz NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (bot_id, update_id)
) WITH (${swept});
`
