import { batchSpan, expectReadCommitted, lockedLanes, settings } from "./function-parts.js"
import { swept } from "./tables.js"

/**
 * Updates that have come before their turn, each until its receiver says that its turn has come. Their
 * ids are known meanwhile. `come` moves them behind all others of their lanes, as `put` puts: lanes are
 * locked first, places drawn under the locks. `come_late` moves those whose receiver has died, and so
 * does `put` where a later update of their lane is put. One that was put early twice comes once.
 */
export const early = `
CREATE TABLE @schema.early (
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  put_at timestamptz NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (bot_id, update_id)
) WITH (${swept});

CREATE FUNCTION @schema.put_early(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[], p_remember_ms double precision,
  OUT known integer[]
) LANGUAGE plpgsql ${settings} AS $$
DECLARE
  cutoff timestamptz := clock_timestamp() - p_remember_ms * interval '1 ms';
BEGIN${expectReadCommitted}
  WITH new AS (
    INSERT INTO @schema.ids AS k (bot_id, update_id, place)
      SELECT i.bot_id, i.update_id, 0 FROM unnest(p_bots, p_ids) i(bot_id, update_id)
      ORDER BY i.bot_id, i.update_id
    ON CONFLICT (bot_id, update_id) DO UPDATE SET handled_at = NULL, place = 0
      WHERE k.handled_at < cutoff
    RETURNING k.bot_id, k.update_id
  ), added AS (
    INSERT INTO @schema.early AS e (bot_id, update_id, lane, put_at, body)
      SELECT i.bot_id, i.update_id, i.lane, clock_timestamp(), i.body
      FROM unnest(p_bots, p_ids, p_lanes, p_bodies) i(bot_id, update_id, lane, body)
      JOIN new n ON n.bot_id = i.bot_id AND n.update_id = i.update_id
    RETURNING e.bot_id, e.update_id
  )
  SELECT array_agg(i.number::integer) INTO known
    FROM unnest(p_bots, p_ids) WITH ORDINALITY i(bot_id, update_id, number)
    WHERE NOT EXISTS (
      SELECT FROM added a WHERE a.bot_id = i.bot_id AND a.update_id = i.update_id);
END $$;

CREATE FUNCTION @schema.come(p_bots bigint[], p_ids bigint[]) RETURNS bigint
LANGUAGE plpgsql ${settings} AS $$
DECLARE
  bots bigint[];
  ids bigint[];
  lanes text[];
  first bigint := nextval('@schema.batches') * ${batchSpan};
BEGIN${expectReadCommitted}
  SELECT array_agg(x.bot_id ORDER BY x.number), array_agg(x.update_id ORDER BY x.number),
    array_agg(x.lane ORDER BY x.number)
  INTO bots, ids, lanes FROM (
    SELECT e.bot_id, e.update_id, e.lane, i.number
    FROM (
      SELECT a.bot_id, a.update_id, min(a.number) AS number
      FROM unnest(p_bots, p_ids) WITH ORDINALITY a(bot_id, update_id, number)
      GROUP BY a.bot_id, a.update_id
    ) i
    JOIN @schema.early e ON e.bot_id = i.bot_id AND e.update_id = i.update_id
    ORDER BY e.bot_id, e.update_id FOR UPDATE OF e
  ) x;
  IF bots IS NULL THEN RETURN 0; END IF;
${lockedLanes("bots", "lanes", "first")}

  first := nextval('@schema.batches') * ${batchSpan};
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    SELECT e.bot_id, e.lane, first + i.number, e.update_id, e.put_at, e.body
    FROM unnest(bots, ids) WITH ORDINALITY i(bot_id, update_id, number)
    JOIN @schema.early e ON e.bot_id = i.bot_id AND e.update_id = i.update_id;
  UPDATE @schema.ids k SET place = first + i.number
    FROM unnest(bots, ids) WITH ORDINALITY i(bot_id, update_id, number)
    WHERE k.bot_id = i.bot_id AND k.update_id = i.update_id;
  DELETE FROM @schema.early e USING unnest(bots, ids) i(bot_id, update_id)
    WHERE e.bot_id = i.bot_id AND e.update_id = i.update_id;
  RETURN cardinality(bots);
END $$;

CREATE FUNCTION @schema.come_late(p_after_ms double precision) RETURNS bigint
LANGUAGE plpgsql ${settings} AS $$
DECLARE
  bots bigint[];
  ids bigint[];
BEGIN
  SELECT array_agg(x.bot_id), array_agg(x.update_id) INTO bots, ids FROM (
    SELECT e.bot_id, e.update_id FROM @schema.early e
    WHERE e.put_at < clock_timestamp() - p_after_ms * interval '1 ms'
    ORDER BY e.bot_id, e.update_id LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) x;
  RETURN CASE WHEN bots IS NULL THEN 0 ELSE @schema.come(bots, ids) END;
END $$;
`
