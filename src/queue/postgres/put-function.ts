import { batchSpan, expectReadCommitted, lockedLanes, settings } from "./function-parts.js"

/**
 * Stores updates. Their lanes are locked first, those that are not there made; then come the ids, which
 * decide what is new; then the updates, with places that are drawn under the locks. A lane that was
 * made for an update that turns out to be known is removed again. What has come early before an update
 * and whose turn nobody has said goes in front of it: its receiver has died.
 *
 * `p_capacity` is absent where it need not be looked at. `refused` are the numbers of what found no
 * room, counted from 1: of the updates that are new, the first of those and all behind it. `known` are
 * those that are not new.
 */
export const putFunction = `
CREATE OR REPLACE FUNCTION @schema.put(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[],
  p_remember_ms double precision, p_capacity bigint,
  OUT refused integer[], OUT known integer[], OUT room bigint, OUT is_heard boolean
) LANGUAGE plpgsql ${settings} AS $$
DECLARE
  tentative bigint := nextval('@schema.batches') * ${batchSpan};
  first bigint;
  last integer := cardinality(p_ids);
  added integer;
  cutoff timestamptz := clock_timestamp() - p_remember_ms * interval '1 ms';
BEGIN${expectReadCommitted}
${lockedLanes("p_bots", "p_lanes", "tentative")}

  IF EXISTS (SELECT FROM @schema.early) THEN
    PERFORM @schema.come(array_agg(e.bot_id), array_agg(e.update_id)) FROM (
      SELECT DISTINCT e.bot_id, e.update_id
      FROM unnest(p_bots, p_ids, p_lanes) i(bot_id, update_id, lane)
      JOIN @schema.early e ON e.bot_id = i.bot_id AND e.lane = i.lane AND e.update_id < i.update_id
      ORDER BY e.bot_id, e.update_id
    ) e HAVING count(*) > 0;
  END IF;

  IF p_capacity IS NOT NULL THEN
    SELECT p_capacity + held.count - stored.count INTO room FROM
      (SELECT count(*) FROM @schema.lanes WHERE holder IS NOT NULL) held,
      (SELECT count(*) FROM @schema.updates) stored;
    SELECT coalesce(array_agg(n.number::integer ORDER BY n.number), '{}') INTO refused FROM (
      SELECT i.number FROM unnest(p_bots, p_ids) WITH ORDINALITY i(bot_id, update_id, number)
      WHERE NOT EXISTS (
        SELECT FROM @schema.ids k WHERE k.bot_id = i.bot_id AND k.update_id = i.update_id
          AND (k.handled_at IS NULL OR k.handled_at >= cutoff))
      ORDER BY i.number OFFSET greatest(room, 0)
    ) n;
    last := coalesce(refused[1] - 1, last);
  END IF;

  first := nextval('@schema.batches') * ${batchSpan};
  WITH new AS (
    INSERT INTO @schema.ids AS k (bot_id, update_id, place)
      SELECT i.bot_id, i.update_id, first + i.number
      FROM unnest(p_bots, p_ids) WITH ORDINALITY i(bot_id, update_id, number)
      WHERE i.number <= last
      ORDER BY i.bot_id, i.update_id
    ON CONFLICT (bot_id, update_id) DO UPDATE SET handled_at = NULL, place = excluded.place
      WHERE k.handled_at < cutoff
    RETURNING k.bot_id, k.update_id, k.place
  )
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    SELECT n.bot_id, p_lanes[n.place - first], n.place, n.update_id, clock_timestamp(),
      p_bodies[n.place - first]
    FROM new n;
  GET DIAGNOSTICS added = ROW_COUNT;

  IF added < cardinality(p_ids) THEN
    SELECT array_agg(i.number::integer) INTO known
      FROM unnest(p_bots, p_ids) WITH ORDINALITY i(bot_id, update_id, number)
      JOIN @schema.ids k ON k.bot_id = i.bot_id AND k.update_id = i.update_id
      WHERE k.place <> first + i.number;
    DELETE FROM @schema.lanes l USING unnest(p_bots, p_lanes) i(bot_id, lane)
    WHERE l.bot_id = i.bot_id AND l.lane = i.lane AND l.holder IS NULL AND NOT EXISTS (
      SELECT FROM @schema.updates u WHERE u.bot_id = l.bot_id AND u.lane = l.lane);
  END IF;
  room := room - added;
  is_heard := EXISTS (SELECT FROM @schema.workers w WHERE w.listens);
END $$;
`
