import {
  batchSpan,
  expectReadCommitted,
  lockLanes,
  functionSettings,
  readEra,
} from "./function-parts.js"

/**
 * The functions for early updates.
 *
 * - `park` parks updates, and returns the numbers of the updates that are already known.
 * - `unpark` moves parked updates to the ends of their lanes, as `put` would put them. The lanes are locked
 *   first, and the places are drawn under the locks. Parked updates of the same lane with lower ids are
 *   moved, too, and come first, because a lane keeps the order of the ids. It does not matter which process
 *   has received them.
 * - `unpark_late` unparks the updates whose receiver has died: the updates that were parked more than
 *   `p_after_ms` ago. An update whose put lies more than `p_after_ms` in the future, because the clock was
 *   set back, is unparked, too.
 */
export const earlyFunctions = `
CREATE FUNCTION @schema.park(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[], OUT known integer[]
) LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  keys bigint[];
  is_known boolean[];
  this_era integer;
BEGIN${expectReadCommitted}${readEra}
  keys := @schema.keys_of(p_bots, p_ids);
  is_known := @schema.known(keys);
  PERFORM @schema.remember(keys, is_known, cardinality(keys));
  INSERT INTO @schema.early (era, bot_id, update_id, lane, put_at, body)
    SELECT this_era, i.bot_id, i.update_id, i.lane, clock_timestamp(), i.body
    FROM unnest(p_bots, p_ids, p_lanes, p_bodies, is_known)
      i(bot_id, update_id, lane, body, is_known)
    WHERE NOT i.is_known;
  SELECT array_agg(i.number::integer) INTO known
    FROM unnest(is_known) WITH ORDINALITY i(is_known, number) WHERE i.is_known;
END $$;

CREATE FUNCTION @schema.unpark(p_bots bigint[], p_ids bigint[]) RETURNS bigint
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  bots bigint[];
  lanes text[];
  ids bigint[];
  first bigint;
  this_era integer;
BEGIN${expectReadCommitted}${readEra}
  first := nextval('@schema.batches') * ${batchSpan};
  SELECT array_agg(x.bot_id), array_agg(x.lane), array_agg(x.update_id) INTO bots, lanes, ids FROM (
    SELECT e.bot_id, e.lane, max(e.update_id) AS update_id
    FROM unnest(p_bots, p_ids) i(bot_id, update_id)
    JOIN @schema.early e ON e.bot_id = i.bot_id AND e.update_id = i.update_id
    GROUP BY e.bot_id, e.lane
  ) x;
  IF bots IS NULL THEN RETURN 0; END IF;
${lockLanes("bots", "lanes", "first")}

  SELECT array_agg(x.bot_id ORDER BY x.bot_id, x.update_id),
    array_agg(x.update_id ORDER BY x.bot_id, x.update_id)
  INTO bots, ids FROM (
    SELECT e.bot_id, e.update_id FROM unnest(bots, lanes, ids) i(bot_id, lane, update_id)
    JOIN @schema.early e
      ON e.era = this_era AND e.bot_id = i.bot_id AND e.lane = i.lane
        AND e.update_id <= i.update_id
    ORDER BY e.bot_id, e.update_id LIMIT ${batchSpan - 1} FOR UPDATE OF e
  ) x;
  IF bots IS NULL THEN RETURN 0; END IF;

  first := nextval('@schema.batches') * ${batchSpan};
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    SELECT e.bot_id, e.lane, first + i.number, e.update_id, e.put_at, e.body
    FROM unnest(bots, ids) WITH ORDINALITY i(bot_id, update_id, number)
    JOIN @schema.early e ON e.bot_id = i.bot_id AND e.update_id = i.update_id;
  DELETE FROM @schema.early e USING unnest(bots, ids) i(bot_id, update_id)
    WHERE e.bot_id = i.bot_id AND e.update_id = i.update_id;
  RETURN cardinality(bots);
END $$;

CREATE FUNCTION @schema.unpark_late(p_after_ms double precision) RETURNS bigint
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  bots bigint[];
  ids bigint[];
  moment timestamptz := clock_timestamp();
BEGIN
  SELECT array_agg(x.bot_id), array_agg(x.update_id) INTO bots, ids FROM (
    SELECT e.bot_id, e.update_id FROM @schema.early e
    WHERE e.put_at NOT BETWEEN moment - p_after_ms * interval '1 ms'
      AND moment + p_after_ms * interval '1 ms'
    ORDER BY e.bot_id, e.update_id LIMIT 1000
  ) x;
  RETURN CASE WHEN bots IS NULL THEN 0 ELSE @schema.unpark(bots, ids) END;
END $$;
`
