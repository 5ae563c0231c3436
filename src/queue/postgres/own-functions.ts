import { batchSpan, functionSettings, keepEra, lockLanes, msOf, readEra } from "./function-parts.js"

/**
 * The functions for own updates and timers.
 *
 * - `put_now` stores own updates at the ends of their lanes, in the order of the arrays: bots, lanes and
 *   contents as JSON text. Their ids count down from -1.
 * - `put_own` processes the objects of the JSON array `p_items` in their order. An object has `bot_id`;
 *   `timer`, the name of a timer that is cancelled or replaced; and, to put an own update, its lane,
 *   its content `own` and `due_at`, the time at which it is due, in milliseconds since 1970. An own update
 *   that is already due on the database's clock is put at once; otherwise it is stored as a timer.
 * - `put_due` puts the own updates of up to `p_count` timers that are due.
 */
export const ownFunctions = `
CREATE FUNCTION @schema.put_now(p_bots bigint[], p_lanes text[], p_owns text[]) RETURNS void
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  tentative bigint;
  first bigint;
  this_era integer;
BEGIN${readEra}
  tentative := nextval('@schema.batches') * ${batchSpan};
  FOR batch IN 0 .. (cardinality(p_bots) - 1) / ${batchSpan - 1} LOOP
${lockLanes(batchOf("p_bots"), batchOf("p_lanes"), "tentative")}
    first := nextval('@schema.batches') * ${batchSpan};
    INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
      SELECT n.bot_id, n.lane, first + n.number, n.id, clock_timestamp(),
        '{"update_id":' || n.id || ',"own":' || n.own || '}'
      FROM (
        SELECT i.bot_id, i.lane, i.own, i.number, nextval('@schema.own_ids') AS id
        FROM unnest(${batchOf("p_bots")}, ${batchOf("p_lanes")}, ${batchOf("p_owns")})
          WITH ORDINALITY i(bot_id, lane, own, number)
      ) n;
  END LOOP;
END $$;

CREATE FUNCTION @schema.put_own(p_items jsonb) RETURNS void
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  now_ms bigint := ${msOf()};
  item record;
  bots bigint[] := '{}';
  lanes text[] := '{}';
  owns text[] := '{}';
  first_due bigint;
BEGIN${keepEra}
  FOR item IN SELECT * FROM jsonb_to_recordset(p_items)
    AS i(bot_id bigint, timer text, lane text, own text, due_at bigint)
  LOOP
    IF item.timer IS NOT NULL THEN
      DELETE FROM @schema.timers t WHERE t.bot_id = item.bot_id AND t.name = item.timer;
    END IF;
    CONTINUE WHEN item.own IS NULL;
    IF item.due_at <= now_ms THEN
      bots := bots || item.bot_id;
      lanes := lanes || item.lane;
      owns := owns || item.own;
    ELSE
      INSERT INTO @schema.timers (bot_id, name, due_at, lane, own)
        VALUES (item.bot_id, item.timer, item.due_at, item.lane, item.own)
        ON CONFLICT (bot_id, name) WHERE name IS NOT NULL
        DO UPDATE SET due_at = excluded.due_at, lane = excluded.lane, own = excluded.own;
      first_due := least(first_due, item.due_at);
    END IF;
  END LOOP;
  UPDATE @schema.turn t SET first_timer = first_due WHERE t.first_timer > first_due;
  IF cardinality(bots) > 0 THEN PERFORM @schema.put_now(bots, lanes, owns); END IF;
END $$;

CREATE FUNCTION @schema.put_due(p_count integer) RETURNS void
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  now_ms bigint := ${msOf()};
  bots bigint[];
  lanes text[];
  owns text[];
BEGIN${keepEra}
  WITH due AS (
    DELETE FROM @schema.timers t USING (
      SELECT d.number FROM @schema.timers d 
      WHERE d.due_at >= (SELECT t.first_timer FROM @schema.turn t) AND d.due_at <= now_ms
      ORDER BY d.due_at, d.number LIMIT p_count FOR UPDATE SKIP LOCKED
    ) d WHERE t.number = d.number RETURNING t.*
  )
  SELECT array_agg(d.bot_id ORDER BY d.due_at, d.number),
    array_agg(d.lane ORDER BY d.due_at, d.number), array_agg(d.own ORDER BY d.due_at, d.number)
  INTO bots, lanes, owns FROM due d;
  IF bots IS NOT NULL THEN PERFORM @schema.put_now(bots, lanes, owns); END IF;
END $$;
`

/**
 * Returns the SQL of the elements of an array that belong to the batch with the number `batch`. The numbers
 * of the updates begin at 1, so the first place of a batch stays free.
 */
function batchOf(array: string): string {
  const size = batchSpan - 1
  return `${array}[batch * ${size} + 1 : (batch + 1) * ${size}]`
}
