import {
  batchSpan,
  expectReadCommitted,
  lockLanes,
  functionSettings,
  readEra,
} from "./function-parts.js"

/**
 * The function `put`, which stores updates in four steps:
 *
 * 1. It locks the lanes of the updates, and creates missing lanes.
 * 2. It searches the ids, which decides which updates are new.
 * 3. It draws places under the locks, and inserts the new updates with them.
 * 4. It deletes the lanes that it has created only for known updates.
 *
 * A parked update of the same lane with a lower id is moved into the lane first: its receiver should
 * have unparked it by now, and has probably died.
 *
 * Parameters and results:
 *
 * - `p_bots`, `p_ids`, `p_lanes`, `p_bodies`: the updates, one element of each array per update
 * - `p_capacity`: the maximum number of waiting updates; NULL if the room need not be counted
 * - `p_channel`: the channel of this process, which is never returned in `wake_channel`; NULL if it has none
 * - `p_types`: the types of the updates, one element per update; NULL to notify no worker of its held lanes
 * - `refused`: the numbers, counted from 1, of the updates without room: the first new update that does not
 *   fit, and all new updates behind it
 * - `known`: the numbers of the known updates
 * - `room`: the free capacity afterwards; NULL if the room was not counted
 * - `wake_channel`: the channel of a random other worker that can be woken, chosen by `random_listener`; NULL
 *   if there is none
 * - `holders`: the workers to notify because they hold lanes of these updates, as `holders_of` returns them
 */
export const putFunction = `
CREATE FUNCTION @schema.put(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[], p_capacity bigint, p_channel text,
  p_types text[] DEFAULT NULL,
  OUT refused integer[], OUT known integer[], OUT room bigint, OUT wake_channel text, OUT holders jsonb
) LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  tentative bigint;
  first bigint;
  last integer := cardinality(p_ids);
  added integer;
  keys bigint[];
  is_known boolean[];
  this_era integer;
BEGIN${expectReadCommitted}${readEra}
  tentative := nextval('@schema.batches') * ${batchSpan};
${lockLanes("p_bots", "p_lanes", "tentative")}

  IF EXISTS (SELECT FROM @schema.early e WHERE e.era = this_era) THEN
    PERFORM @schema.unpark(array_agg(e.bot_id), array_agg(e.update_id)) FROM (
      SELECT i.bot_id, (
        SELECT max(e.update_id) FROM @schema.early e
        WHERE e.era = this_era AND e.bot_id = i.bot_id AND e.lane = i.lane
          AND e.update_id < i.update_id
      ) AS update_id
      FROM (
        SELECT a.bot_id, a.lane, max(a.update_id) AS update_id
        FROM unnest(p_bots, p_ids, p_lanes) a(bot_id, update_id, lane) GROUP BY a.bot_id, a.lane
      ) i
    ) e WHERE e.update_id IS NOT NULL HAVING count(*) > 0;
  END IF;

  keys := @schema.keys_of(p_bots, p_ids);
  is_known := @schema.known(keys);
  IF p_capacity IS NOT NULL THEN
    SELECT p_capacity + held.count - stored.count INTO room FROM
      (SELECT count(*) FROM @schema.lanes WHERE holder IS NOT NULL) held,
      (SELECT count(*) FROM @schema.updates) stored;
    SELECT coalesce(array_agg(n.number::integer ORDER BY n.number), '{}') INTO refused FROM (
      SELECT i.number FROM unnest(is_known) WITH ORDINALITY i(is_known, number)
      WHERE NOT i.is_known ORDER BY i.number OFFSET greatest(room, 0)
    ) n;
    last := coalesce(refused[1] - 1, last);
  END IF;

  added := @schema.remember(keys, is_known, last);
  first := nextval('@schema.batches') * ${batchSpan};
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    SELECT i.bot_id, i.lane, first + i.number, i.update_id, clock_timestamp(), i.body
    FROM unnest(p_bots, p_ids, p_lanes, p_bodies, is_known)
      WITH ORDINALITY i(bot_id, update_id, lane, body, is_known, number)
    WHERE i.number <= last AND NOT i.is_known;

  IF added < cardinality(p_ids) THEN
    SELECT array_agg(i.number::integer) INTO known
      FROM unnest(is_known) WITH ORDINALITY i(is_known, number) WHERE i.is_known;
    DELETE FROM @schema.lanes l USING unnest(p_bots, p_lanes) i(bot_id, lane)
    WHERE l.era = this_era AND l.bot_id = i.bot_id AND l.lane = i.lane AND l.holder IS NULL
      AND NOT EXISTS (
        SELECT FROM @schema.updates u
        WHERE u.bot_id = l.bot_id AND u.lane = l.lane AND u.place >= l.place);
  END IF;
  room := room - added;
  wake_channel := @schema.random_listener(p_channel);
  IF @schema.is_watched(p_types, p_channel) THEN
    holders := @schema.holders_of(p_bots, p_lanes, p_types, p_channel);
  END IF;
END $$;

CREATE FUNCTION @schema.random_listener(p_channel text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT w.channel FROM @schema.workers w
    WHERE w.channel IS NOT NULL AND w.channel IS DISTINCT FROM p_channel
    ORDER BY random() LIMIT 1);
END $$;
`
