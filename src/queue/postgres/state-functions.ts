import { expectReadCommitted, functionSettings, msOf } from "./function-parts.js"

/** The SQL of the endings with writes, as rows. */
const endings = "jsonb_to_recordset(p_writes) e(ending integer, writes jsonb, own jsonb)"

/** Returns the SQL of the writes of an ending, as rows. A write without `json` deletes its value. */
const writesOf = (writes: string) =>
  `ROWS FROM (jsonb_to_recordset(${writes}) AS (
      bot_id bigint, space text, key text, json text, expires_at bigint, if_version bigint
    )) WITH ORDINALITY w(bot_id, space, key, json, expires_at, if_version, number)`

/** The SQL of all writes of the endings in `p_held`, as rows. */
const heldWrites = `${endings}
    CROSS JOIN LATERAL ${writesOf("e.writes")}
    WHERE e.ending = ANY (p_held)`

/**
 * The function `write_state`, which stores the writes of endings, and puts their own updates. Its parameters:
 *
 * - `p_writes`: a JSON array with an object for each ending that has writes, in the order of the endings:
 *   `ending` is the number of the ending, `writes` the array of its values, and `own` the array of its own
 *   updates and timers, as `put_own` expects it; absent for none
 * - `p_held`: the numbers of the endings whose writes are stored
 *
 * If no write has an expected version, one statement stores the last write of each key. Otherwise all keys
 * are locked first, and the endings follow one after the other: an ending is stored if all its versions
 * match. Returns the conflicts: for each ending that was not stored, its number and the number of the write
 * whose version did not match, both counted from 1.
 *
 * Rows are always inserted and locked in the order of their keys, even for values that are missing or will be
 * deleted, so that no two transactions deadlock and the checked versions cannot change.
 */
const writeState = `
CREATE FUNCTION @schema.write_state(p_writes jsonb, p_held integer[]) RETURNS integer[]
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  conflicts integer[] := '{}';
  conflict integer;
  item record;
  may_have_reserved boolean := true;
BEGIN${expectReadCommitted}
  IF NOT jsonb_path_exists(p_writes, '$[*].writes[*].if_version') THEN
    INSERT INTO @schema.state AS s (bot_id, space, key, json, version, expires_at)
      SELECT l.bot_id, l.space, l.key, coalesce(l.json, ''),
        CASE WHEN l.json IS NULL THEN 0 ELSE nextval('@schema.versions') END, l.expires_at
      FROM (
        SELECT DISTINCT ON (w.bot_id, w.space COLLATE "C", w.key COLLATE "C")
          w.bot_id, w.space, w.key, w.json, w.expires_at
        FROM ${heldWrites}
        ORDER BY w.bot_id, w.space COLLATE "C", w.key COLLATE "C", e.ending DESC
      ) l
    ON CONFLICT (bot_id, space, key) DO UPDATE
      SET json = excluded.json, version = excluded.version, expires_at = excluded.expires_at;
    may_have_reserved := jsonb_path_exists(p_writes, '$[*].writes[*] ? (!exists (@.json))');
  ELSE
    INSERT INTO @schema.state AS s (bot_id, space, key, json, version)
      SELECT DISTINCT ON (w.bot_id, w.space COLLATE "C", w.key COLLATE "C")
        w.bot_id, w.space, w.key, '', 0
      FROM ${heldWrites}
      ORDER BY w.bot_id, w.space COLLATE "C", w.key COLLATE "C"
    ON CONFLICT (bot_id, space, key) DO UPDATE SET version = s.version WHERE false;
    FOR item IN SELECT e.ending, e.writes FROM ${endings} WHERE e.ending = ANY (p_held) LOOP
      SELECT w.number INTO conflict FROM ${writesOf("item.writes")}
        JOIN @schema.state s ON s.bot_id = w.bot_id AND s.space = w.space AND s.key = w.key
        WHERE w.if_version <> CASE WHEN s.expires_at <= ${msOf()} THEN 0 ELSE s.version END
        ORDER BY w.number LIMIT 1;
      IF FOUND THEN
        conflicts := conflicts || ARRAY[[item.ending, conflict]];
      ELSE
        UPDATE @schema.state s SET json = coalesce(w.json, ''), expires_at = w.expires_at,
          version = CASE WHEN w.json IS NULL THEN 0 ELSE nextval('@schema.versions') END
          FROM ${writesOf("item.writes")}
          WHERE s.bot_id = w.bot_id AND s.space = w.space AND s.key = w.key;
      END IF;
    END LOOP;
  END IF;
  IF may_have_reserved THEN
    DELETE FROM @schema.state s USING (
      SELECT DISTINCT w.bot_id, w.space, w.key FROM ${heldWrites}
    ) d WHERE s.bot_id = d.bot_id AND s.space = d.space AND s.key = d.key AND s.version = 0;
  END IF;
  FOR item IN SELECT e.ending, e.own FROM ${endings}
    WHERE e.own IS NOT NULL AND e.ending = ANY (p_held)
  LOOP
    CONTINUE WHEN item.ending = ANY (conflicts[:][1:1]);
    PERFORM @schema.put_own(item.own);
  END LOOP;
  RETURN conflicts;
END $$;
`

/**
 * The functions for the state.
 *
 * - `read_state` returns the values of keys, with the numbers of the keys, counted from 1.
 * - `sweep_state` deletes up to `p_count` expired values, and returns their number. A value that another
 *   transaction has locked is skipped.
 */
export const stateFunctions = `${writeState}
CREATE FUNCTION @schema.read_state(p_bots bigint[], p_spaces text[], p_keys text[])
RETURNS TABLE (number integer, json text, version bigint, expires_at bigint)
LANGUAGE plpgsql ${functionSettings} AS $$
#variable_conflict use_column
DECLARE
  now_ms bigint := ${msOf()};
BEGIN
  RETURN QUERY
    SELECT i.number::integer, s.json, s.version, s.expires_at
    FROM unnest(p_bots, p_spaces, p_keys) WITH ORDINALITY i(bot_id, space, key, number)
    JOIN @schema.state s ON s.bot_id = i.bot_id AND s.space = i.space AND s.key = i.key
    WHERE s.expires_at IS NULL OR s.expires_at > now_ms;
END $$;

CREATE FUNCTION @schema.sweep_state(p_count integer) RETURNS integer
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  now_ms bigint := ${msOf()};
  swept integer;
BEGIN
  DELETE FROM @schema.state s USING (
    SELECT e.bot_id, e.space, e.key FROM @schema.state e WHERE e.expires_at <= now_ms
    ORDER BY e.expires_at LIMIT p_count FOR UPDATE SKIP LOCKED
  ) d WHERE s.bot_id = d.bot_id AND s.space = d.space AND s.key = d.key;
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END $$;
`
