import { vacuumSettings } from "./tables.js"

/**
 * The tables of ids, which are used in turn. The oldest table is truncated when it becomes the current
 * one.
 */
export const idTables = [0, 1, 2] as const

/**
 * The number of low bits of an `update_id` in a key. The number of its series takes the bits above
 * them.
 */
const lowBits = 31

const tableOf = (index: number) => `
CREATE TABLE @schema.ids_${index} (
  series integer NOT NULL,
  low integer NOT NULL,
  PRIMARY KEY (series, low)
)
  WITH (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);`

const lowMask = 2 ** lowBits - 1

/** Returns the SQL of the two columns of a key. */
const columnsOf = (key: string) => `(${key} >> ${lowBits})::integer, (${key} & ${lowMask})::integer`

/** Returns the SQL of an update's key. */
const keyOf = (series: string, updateId: string) =>
  `(${series}::bigint << ${lowBits} | (${updateId} & ${lowMask}))`

/**
 * The tables that version 3 adds.
 *
 * A queue may have to remember a thousand ids per second for a day, so that a row of ids has two
 * integers and nothing else: the number of a series, and the low bits of the `update_id`. A series
 * stands for one bot and one value of the high bits of its ids. The high bits rarely change, so that
 * most bots have one series. Functions pass both integers on as one `bigint`, the key. The index has
 * two columns, because PostgreSQL fills the pages of an index well if the second column ascends within
 * the first; the pages of an index on one mixed column would stay half empty.
 *
 * A key goes into the current table. When the current table is older than half of `rememberMs`, the
 * oldest table is truncated and becomes the current one: no row of ids is ever deleted or vacuumed. The
 * table `turn` says which table is current, and since when.
 *
 * A worker renews its lease by incrementing its `beats`. The other workers measure with their own
 * monotonic clocks for how long `beats` has not changed, so that no wall clock decides whether a
 * worker lives. `channel` is the channel on which a worker is notified; NULL if it is not. A lane that
 * waits for a retry stores the delay in `rest_ms`, so that a clock that is set back does not prolong
 * the delay.
 */
export const tablesOfVersion3 = `
CREATE TABLE @schema.series (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bot_id bigint NOT NULL,
  high bigint NOT NULL,
  UNIQUE (bot_id, high)
);
${idTables.map(tableOf).join("")}

CREATE TABLE @schema.turn (current smallint NOT NULL, since timestamptz NOT NULL);
INSERT INTO @schema.turn VALUES (0, clock_timestamp());

INSERT INTO @schema.series (bot_id, high)
  SELECT DISTINCT i.bot_id, i.update_id >> ${lowBits} FROM @schema.ids i ORDER BY 1, 2;
INSERT INTO @schema.ids_0 (series, low)
  SELECT s.number, (i.update_id & ${lowMask})::integer FROM @schema.ids i
  JOIN @schema.series s ON s.bot_id = i.bot_id AND s.high = i.update_id >> ${lowBits};
DROP TABLE @schema.ids;

ALTER TABLE @schema.workers
  DROP COLUMN lease, DROP COLUMN lease_until, DROP COLUMN listens,
  ADD COLUMN lease_ms double precision NOT NULL DEFAULT 30000,
  ADD COLUMN beats bigint NOT NULL DEFAULT 0,
  ADD COLUMN channel text;
ALTER TABLE @schema.lanes ADD COLUMN rest_ms double precision;
CREATE INDEX early_lanes ON @schema.early (bot_id, lane, update_id);
ALTER TABLE @schema.early SET (${vacuumSettings});
`

const isIn = (index: number) =>
  `(SELECT true FROM @schema.ids_${index} k WHERE (k.series, k.low) = (${columnsOf("i.key")})) IS NOT NULL`

const highestIn = (index: number) =>
  `SELECT max(k.low) AS low FROM @schema.ids_${index} k WHERE k.series = s.number`

const insertInto = (index: number) => `
  ${index === 0 ? "IF" : "ELSIF"} slot = ${index} THEN
    INSERT INTO @schema.ids_${index} (series, low)
      SELECT ${columnsOf("i.key")} FROM unnest(p_keys, p_is_known) WITH ORDINALITY i(key, is_known, number)
      WHERE i.number <= p_last AND NOT i.is_known ORDER BY i.key
      ON CONFLICT DO NOTHING;`

/**
 * The functions for ids.
 *
 * - `keys_of` returns the keys of updates, and creates missing series.
 * - `known` returns for each key whether it is known. From this call to the end of the transaction no table
 *   can be truncated.
 * - `remember` stores the unknown keys among the first `p_last`. Raises SQLSTATE 40001 (serialization
 *   failure), after which the caller tries again, if another transaction has stored one of these keys.
 * - `highest_id` returns the highest id of a bot. The ids of own updates, below 0, do not count.
 * - `rotate` begins the next table if it is due, and copies the ids of updates that have waited since
 *   the current table began.
 *
 * Each table is searched by a scalar subquery, because PostgreSQL always looks a scalar subquery up in
 * the index. `EXISTS` may become a hash join over the whole table, in a plan that was made while the
 * table was empty.
 */
export const idFunctions = `
CREATE FUNCTION @schema.keys_of(p_bots bigint[], p_ids bigint[]) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
  keys bigint[];
BEGIN
  LOOP
    SELECT array_agg(${keyOf("s.number", "i.update_id")} ORDER BY i.number) INTO keys
      FROM unnest(p_bots, p_ids) WITH ORDINALITY i(bot_id, update_id, number)
      LEFT JOIN @schema.series s ON s.bot_id = i.bot_id AND s.high = i.update_id >> ${lowBits};
    EXIT WHEN keys IS NULL OR array_position(keys, NULL) IS NULL;
    INSERT INTO @schema.series (bot_id, high)
      SELECT DISTINCT i.bot_id, i.update_id >> ${lowBits}
      FROM unnest(p_bots, p_ids) i(bot_id, update_id)
      WHERE NOT EXISTS (
        SELECT FROM @schema.series s WHERE s.bot_id = i.bot_id AND s.high = i.update_id >> ${lowBits})
      ORDER BY 1, 2
      ON CONFLICT DO NOTHING;
  END LOOP;
  RETURN coalesce(keys, '{}');
END $$;

CREATE FUNCTION @schema.known(p_keys bigint[]) RETURNS boolean[]
LANGUAGE plpgsql AS $$
DECLARE
  is_known boolean[];
BEGIN
  PERFORM FROM @schema.turn;
  SELECT array_agg(${idTables.map(isIn).join(" OR ")} ORDER BY i.number) INTO is_known
    FROM unnest(p_keys) WITH ORDINALITY i(key, number);
  RETURN coalesce(is_known, '{}');
END $$;

CREATE FUNCTION @schema.remember(p_keys bigint[], p_is_known boolean[], p_last integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  slot smallint := (SELECT t.current FROM @schema.turn t);
  added integer;
BEGIN${idTables.map(insertInto).join("")}
  END IF;
  GET DIAGNOSTICS added = ROW_COUNT;
  IF added < cardinality(array_positions(p_is_known[1:p_last], false)) THEN
    RAISE EXCEPTION 'another transaction has put the same update' USING ERRCODE = '40001';
  END IF;
  RETURN added;
END $$;

CREATE FUNCTION @schema.highest_id(p_bot bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT max((s.high << ${lowBits}) + h.low) FROM @schema.series s
  CROSS JOIN LATERAL (
    ${idTables.map(highestIn).join("\n    UNION ALL ")}
  ) h
  WHERE s.bot_id = p_bot AND s.high >= 0;
$$;

CREATE FUNCTION @schema.rotate(p_remember_ms double precision) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '200ms' AS $$
DECLARE
  began @schema.turn;
  now timestamptz := clock_timestamp();
  next smallint;
BEGIN
  SELECT * INTO began FROM @schema.turn;
  IF began.since > now THEN UPDATE @schema.turn SET since = now; END IF;
  IF began.since > now - p_remember_ms / 2 * interval '1 ms' THEN RETURN false; END IF;
  EXECUTE format(
    'INSERT INTO @schema.ids_%s (series, low)
      SELECT s.number, (u.update_id & ${lowMask})::integer
      FROM (SELECT bot_id, update_id, put_at FROM @schema.updates
        UNION ALL SELECT bot_id, update_id, put_at FROM @schema.early) u
      JOIN @schema.series s ON s.bot_id = u.bot_id AND s.high = u.update_id >> ${lowBits}
      WHERE u.put_at <= $1 ON CONFLICT DO NOTHING', began.current) USING began.since;
  LOCK TABLE @schema.turn IN ACCESS EXCLUSIVE MODE;
  next := (began.current + 1) % ${idTables.length};
  UPDATE @schema.turn t SET current = next, since = now WHERE t.current = began.current;
  IF NOT FOUND THEN RETURN false; END IF;
  EXECUTE format('TRUNCATE @schema.ids_%s', next);
  RETURN true;
END $$;
`
