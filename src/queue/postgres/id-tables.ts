import { swept } from "./tables.js"

/** How many tables of ids there are. The oldest is emptied whole when the next one is begun. */
export const idTables = [0, 1, 2] as const

/** How many bits of an `update_id` stand in a key; the number of its series takes the others. */
const lowBits = 31

const tableOf = (index: number) => `
CREATE TABLE @schema.ids_${index} (
  series integer NOT NULL,
  low integer NOT NULL,
  PRIMARY KEY (series, low)
)
  WITH (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);`

const lowMask = 2 ** lowBits - 1

/** The two columns of a key. */
const columnsOf = (key: string) => `(${key} >> ${lowBits})::integer, (${key} & ${lowMask})::integer`

/** The key of an update, from columns of SQL. */
const keyOf = (series: string, updateId: string) =>
  `(${series}::bigint << ${lowBits} | (${updateId} & ${lowMask}))`

/**
 * The tables that version 3 adds. An id is known for a day and there may be a thousand of them a
 * second, so a row holds two integers and nothing else: the number of a series and the low bits of the
 * `update_id`; functions hand both on as one key. A bot has a series for each value that the high bits
 * take, hence mostly one. An index of two columns is filled well where the second one grows within the
 * first: with one column its pages stay half empty.
 *
 * A key goes into the current table. When that is half of `rememberMs` old, the oldest table is emptied
 * whole and is the current one: ids cost no sweeping. `turn` says which one is current since when.
 *
 * A worker counts its beats, and others measure with their own monotonic clocks for how long the
 * count has stood still: no clock of the database decides whether a worker lives. A lane that rests
 * keeps how long, so that a clock that is put back does not prolong it.
 */
export const thirdTables = `
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
ALTER TABLE @schema.early SET (${swept});
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
 * What is done with ids: `keys_of` answers the keys of updates, `known` which of them are known, and
 * `remember` stores those of the first `p_last` that are not. From `known` until the end of the
 * transaction no table is emptied. `rotate` begins with the next table where it is time, and takes
 * along the ids of updates that have waited for so long. `highest_id` answers that of a bot.
 *
 * A subquery that answers a value is looked up in the index; `EXISTS` may become a hash of the whole
 * table in a plan that was made when the table was empty.
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
  WHERE s.bot_id = p_bot;
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
