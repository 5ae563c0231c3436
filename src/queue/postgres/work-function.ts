import { entriesRead } from "./era-function.js"
import { expectReadCommitted, functionSettings, keepEra, msOf } from "./function-parts.js"

/** The ways to end a delivery (endings), with their numbers in the function `work`. */
export const endingKinds = { done: 0, setAside: 1, retry: 2, handBack: 3 } as const

/**
 * The part of `work` that writes endings. The lanes are already locked. The numbers 0 to 3 are the indexes of
 * {@link endingKinds}. A handled update is deleted, and an update that is set aside is moved to
 * the table `set_aside`. The lane continues with its next update; an empty lane is deleted. An update
 * that is retried or handed back stays the first one of its lane.
 *
 * A retry with an infinite delay keeps its lane closed for ever. `rest_ms` stores the delay of a retry, so
 * that a clock that is set back does not prolong the wait.
 */
const endUpdates = `  IF cardinality(p_kinds) > 0 THEN
    IF 1 = ANY (p_kinds) THEN
      INSERT INTO @schema.set_aside
        (bot_id, update_id, lane, attempt, set_aside_at, error, body)
      SELECT u.bot_id, u.update_id, u.lane, l.attempt, moment, i.error, u.body
      FROM unnest(p_kinds, p_bots, p_lanes, p_places, p_errors)
        i(kind, bot_id, lane, place, error)
      JOIN @schema.updates u ON u.bot_id = i.bot_id AND u.lane = i.lane AND u.place = i.place
      JOIN @schema.lanes l ON l.era = this_era AND l.bot_id = i.bot_id AND l.lane = i.lane
      WHERE i.kind = 1
      ON CONFLICT (bot_id, update_id) DO UPDATE SET lane = excluded.lane,
        attempt = excluded.attempt, set_aside_at = excluded.set_aside_at, error = excluded.error,
        body = excluded.body;
    END IF;
    IF 0 = ANY (p_kinds) OR 1 = ANY (p_kinds) THEN
      DELETE FROM @schema.updates u
        USING unnest(p_kinds, p_bots, p_lanes, p_places) i(kind, bot_id, lane, place)
        WHERE i.kind <= 1 AND u.bot_id = i.bot_id AND u.lane = i.lane AND u.place = i.place;
      WITH next AS MATERIALIZED (
        SELECT i.bot_id, i.lane, (
          SELECT u.place FROM @schema.updates u
          WHERE u.bot_id = i.bot_id AND u.lane = i.lane AND u.place > i.place
          ORDER BY u.place LIMIT 1
        ) AS place
        FROM unnest(p_kinds, p_bots, p_lanes, p_places) i(kind, bot_id, lane, place)
        WHERE i.kind <= 1
      ), gone AS (
        DELETE FROM @schema.lanes l USING next n
        WHERE l.era = this_era AND l.bot_id = n.bot_id AND l.lane = n.lane AND n.place IS NULL
      )
      UPDATE @schema.lanes l
        SET place = n.place, attempt = 0, epoch = NULL, holder = NULL, due_at = NULL
        FROM next n
        WHERE l.era = this_era AND l.bot_id = n.bot_id AND l.lane = n.lane AND n.place IS NOT NULL;
    END IF;
    IF 2 = ANY (p_kinds) OR 3 = ANY (p_kinds) THEN
      UPDATE @schema.lanes l SET epoch = NULL, holder = NULL,
        attempt = l.attempt - CASE i.kind WHEN 3 THEN 1 ELSE 0 END,
        due_at = CASE WHEN i.delay = 'Infinity' THEN 'infinity'
          WHEN i.delay > 0 THEN moment + least(i.delay, 1e15) * interval '1 ms' END,
        rest_ms = CASE WHEN i.delay > 0 AND i.delay < 'Infinity' THEN least(i.delay, 1e15) END
        FROM unnest(p_kinds, p_bots, p_lanes, p_delays) i(kind, bot_id, lane, delay)
        WHERE i.kind >= 2 AND l.era = this_era AND l.bot_id = i.bot_id AND l.lane = i.lane;
    END IF;
  END IF;`

/**
 * The part of `work` that collects the bots with ready lanes in round-robin order, from the bot after `p_after`, each
 * with the place of its first ready lane. A lane is ready if no worker holds it and it waits for no retry.
 *
 * The search passes the lanes that were taken before, as long as a transaction that is open elsewhere may see them. So
 * the later searches of `work` begin at the places that this search has found.
 */
const readyBots = `    LOOP
      SELECT l.bot_id, l.place INTO bot, first FROM @schema.lanes l
        WHERE l.era = this_era AND l.holder IS NULL AND l.due_at IS NULL AND l.bot_id > bot AND l.bot_id <= last_bot
        ORDER BY l.bot_id, l.place LIMIT 1;
      IF NOT FOUND THEN
        EXIT WHEN has_wrapped;
        has_wrapped := true;
        bot := -9223372036854775808;
        last_bot := p_after;
        CONTINUE;
      END IF;
      bots := bots || bot;
      firsts := firsts || first;
      EXIT WHEN cardinality(bots) >= p_count;
    END LOOP;`

/**
 * The part of `work` that takes the lanes of each bot whose first updates are oldest, in two passes: in the first pass
 * each bot gets at most an equal share of `p_count`, and in the second pass the bots fill the places that are left, in
 * the same order. A lane that another transaction has locked is skipped, and only the taken lanes are locked.
 */
const takeOfBots = `    FOR pass IN 1..2 LOOP
      FOR number IN 1..cardinality(bots) LOOP
        bot := bots[number];
        room := p_count - cardinality(taken_bots);
        IF pass = 1 THEN room := least(room, ceil(p_count::float8 / cardinality(bots))); END IF;
        IF p_per_bot IS NOT NULL THEN
          room := least(room, p_per_bot
            - coalesce(p_held[array_position(p_held_bots, bot)], 0)
            - cardinality(array_positions(taken_bots, bot)));
        END IF;
        CONTINUE WHEN room <= 0;
        WITH picked AS MATERIALIZED (
          SELECT l.bot_id, l.lane FROM @schema.lanes l
          WHERE l.era = this_era AND l.holder IS NULL AND l.due_at IS NULL AND l.bot_id = bot
            AND l.place >= firsts[number]
          ORDER BY l.place LIMIT room FOR UPDATE SKIP LOCKED
        ), taken AS (
          UPDATE @schema.lanes l
            SET holder = p_worker, epoch = nextval('@schema.epochs'), attempt = l.attempt + 1
            FROM picked p WHERE l.era = this_era AND l.bot_id = p.bot_id AND l.lane = p.lane
            RETURNING l.bot_id, l.lane, l.epoch, l.place, l.attempt
        )
        SELECT taken_bots || coalesce(array_agg(t.bot_id), '{}'),
          taken_lanes || coalesce(array_agg(t.lane), '{}'),
          taken_epochs || coalesce(array_agg(t.epoch), '{}'),
          taken_places || coalesce(array_agg(t.place), '{}'),
          taken_attempts || coalesce(array_agg(t.attempt), '{}')
        INTO taken_bots, taken_lanes, taken_epochs, taken_places, taken_attempts FROM taken t;
      END LOOP;
      EXIT WHEN cardinality(bots) <= 1 OR cardinality(taken_bots) >= p_count;
    END LOOP;`

/**
 * The part of `work` that takes updates: puts the own updates of timers that are due, makes the lanes ready
 * whose retry is due, and takes the first updates of ready lanes. A taken lane that turns out to have no
 * update is deleted. If no lane is ready, nothing is locked or written.
 */
const takeLanes = `  moment := clock_timestamp();
  IF p_count > 0 THEN
    PERFORM FROM @schema.timers t
      WHERE t.due_at >= timers_from AND t.due_at <= ${msOf("moment")} LIMIT 1;
    IF FOUND THEN PERFORM @schema.put_due(256); END IF;
    PERFORM FROM @schema.lanes l
      WHERE l.era = this_era AND l.holder IS NULL AND l.due_at IS NOT NULL AND l.due_at <= moment LIMIT 1;
    IF FOUND THEN
      UPDATE @schema.lanes l SET due_at = NULL FROM (
        SELECT r.bot_id, r.lane FROM @schema.lanes r
        WHERE r.era = this_era AND r.holder IS NULL AND r.due_at IS NOT NULL AND r.due_at <= moment
        ORDER BY r.due_at LIMIT 256 FOR UPDATE SKIP LOCKED
      ) d WHERE l.era = this_era AND l.bot_id = d.bot_id AND l.lane = d.lane;
    END IF;
${readyBots}
    is_ready := cardinality(bots) > 0;
    IF is_ready THEN
      PERFORM FROM @schema.workers w WHERE w.id = p_worker FOR KEY SHARE;
    ELSE
      PERFORM FROM @schema.workers w WHERE w.id = p_worker;
    END IF;
    summary_lost := NOT FOUND;
  END IF;
  IF is_ready AND NOT summary_lost THEN
${takeOfBots}

    RETURN QUERY
      SELECT t.bot_id, t.lane, t.epoch, u.place, u.update_id, t.attempt,
        extract(epoch FROM u.put_at)::double precision * 1000, u.body,
        NULL::integer[], NULL::boolean, NULL::double precision, NULL::double precision, NULL::boolean,
        NULL::integer[], NULL::integer, NULL::integer
      FROM unnest(taken_bots, taken_lanes, taken_epochs, taken_places, taken_attempts)
        t(bot_id, lane, epoch, place, attempt)
      CROSS JOIN LATERAL (
        SELECT h.place, h.update_id, h.put_at, h.body FROM @schema.updates h
        WHERE h.bot_id = t.bot_id AND h.lane = t.lane AND h.place >= t.place
        ORDER BY h.place LIMIT 1
      ) u
      ORDER BY array_position(bots, t.bot_id), t.place;
    GET DIAGNOSTICS found_count = ROW_COUNT;
    IF found_count < cardinality(taken_bots) THEN
      DELETE FROM @schema.lanes l USING unnest(taken_bots, taken_lanes) t(bot_id, lane)
      WHERE l.era = this_era AND l.bot_id = t.bot_id AND l.lane = t.lane AND NOT EXISTS (
        SELECT FROM @schema.updates u
        WHERE u.bot_id = l.bot_id AND u.lane = l.lane AND u.place >= l.place);
    END IF;
  END IF;
  IF found_count = p_count AND summary_lost IS NOT TRUE THEN
    FOR number IN 1..cardinality(bots) LOOP
      PERFORM FROM @schema.lanes l WHERE l.era = this_era AND l.holder IS NULL AND l.due_at IS NULL
        AND l.bot_id = bots[number] AND l.place >= firsts[number] LIMIT 1;
      summary_more := FOUND;
      EXIT WHEN summary_more;
    END LOOP;
    IF NOT summary_more AND cardinality(bots) >= p_count THEN
      PERFORM FROM @schema.lanes l WHERE l.era = this_era AND l.holder IS NULL AND l.due_at IS NULL LIMIT 1;
      summary_more := FOUND;
    END IF;
  END IF;
  IF NOT summary_more THEN
    SELECT extract(epoch FROM l.due_at - moment)::double precision * 1000 INTO summary_due
      FROM @schema.lanes l
      WHERE l.era = this_era AND l.holder IS NULL AND l.due_at IS NOT NULL AND l.due_at < 'infinity'
      ORDER BY l.due_at LIMIT 1;
    summary_due := least(summary_due,
      (SELECT t.due_at FROM @schema.timers t WHERE t.due_at >= timers_from ORDER BY t.due_at LIMIT 1) - ${msOf("moment")});
  END IF;`

/**
 * The function `work`, which ends deliveries and takes updates. Its parameters:
 *
 * - `p_worker`: the id of the worker that calls
 * - `p_kinds`, `p_bots`, `p_lanes`, `p_epochs`, `p_places`, `p_delays`, `p_errors`: the endings, as
 *   parallel arrays: kind, bot, lane, number of the delivery, place of the update in its lane, delay of a
 *   retry in milliseconds, and error
 * - `p_count`: the maximum number of updates to take
 * - `p_after`: the bot that was served last
 * - `p_per_bot`: the maximum number of updates of one bot that the worker may hold; NULL for no limit
 * - `p_held_bots`, `p_held`: bots, and the number of updates of each that the worker holds
 * - `p_writes`: the writes of the endings, as the function `write_state` expects them; NULL for none
 *
 * The function returns one row for each taken update, and a last row with the other results:
 *
 * - `refused`: the positions in the arrays, from 1, of the endings that were refused because the worker
 *   has lost the delivery
 * - `conflicts`: the endings that were not written because a value has a version other than the one
 *   that a write expects, as pairs of the position of the ending and the position of the write, from 1; NULL for
 *   none. The worker keeps these deliveries
 * - `is_lost`: true if the table `workers` no longer has the worker
 * - `due_ms`: the time until the next retry or timer is due, in milliseconds; NULL if there is none
 * - `clock_ms`: the time on the database's clock, in milliseconds since 1970
 * - `is_more`: true if more lanes are ready than were taken
 * - `era`: the present era
 * - `entries`: the number of entries of indexes that the call has read
 */
export const workFunction = `
CREATE FUNCTION @schema.work(
  p_worker bigint, p_kinds integer[], p_bots bigint[], p_lanes text[], p_epochs bigint[],
  p_places bigint[], p_delays double precision[], p_errors text[], p_count integer,
  p_after bigint, p_per_bot integer, p_held_bots bigint[], p_held integer[],
  p_writes jsonb
) RETURNS TABLE (
  bot_id bigint, lane text, epoch bigint, place bigint, update_id bigint, attempt integer,
  put_at double precision, body text, refused integer[], is_lost boolean, due_ms double precision,
  clock_ms double precision, is_more boolean, conflicts integer[],
  era integer, entries integer
) LANGUAGE plpgsql ${functionSettings} AS $$
#variable_conflict use_column
DECLARE
  held integer[];
  bot bigint := p_after;
  last_bot bigint := 9223372036854775807;
  bots bigint[] := '{}';
  first bigint;
  firsts bigint[] := '{}';
  has_wrapped boolean := false;
  is_ready boolean := false;
  room integer;
  taken_bots bigint[] := '{}';
  taken_lanes text[] := '{}';
  taken_epochs bigint[] := '{}';
  taken_places bigint[] := '{}';
  taken_attempts integer[] := '{}';
  found_count integer := 0;
  moment timestamptz := clock_timestamp();
  summary_refused integer[] := '{}';
  summary_conflicts integer[];
  summary_lost boolean := false;
  summary_due double precision;
  summary_more boolean := false;
  read_before bigint := ${entriesRead};
  this_era integer;
  timers_from bigint;
BEGIN${expectReadCommitted}${keepEra}
  SELECT t.era, t.first_timer INTO this_era, timers_from FROM @schema.turn t;

  IF cardinality(p_kinds) > 0 THEN
    SELECT coalesce(array_agg(h.number::integer), '{}') INTO held FROM (
      SELECT i.number FROM unnest(p_bots, p_lanes, p_epochs)
        WITH ORDINALITY i(bot_id, lane, epoch, number)
      JOIN @schema.lanes l ON l.era = this_era AND l.bot_id = i.bot_id AND l.lane = i.lane
      WHERE l.epoch = i.epoch AND l.holder = p_worker
      ORDER BY l.bot_id, l.lane FOR UPDATE OF l
    ) h;
    IF cardinality(held) < cardinality(p_kinds) THEN
      SELECT coalesce(array_agg(n) FILTER (WHERE n <> ALL (held)), '{}') INTO summary_refused
        FROM generate_subscripts(p_kinds, 1) n;
    END IF;
    IF p_writes IS NOT NULL THEN
      summary_conflicts := @schema.write_state(p_writes, held);
      IF cardinality(summary_conflicts) > 0 THEN
        SELECT coalesce(array_agg(n), '{}') INTO held FROM unnest(held) n
          WHERE n <> ALL (summary_conflicts[:][1:1]);
      END IF;
    END IF;
    IF cardinality(held) < cardinality(p_kinds) THEN
      SELECT array_agg(p_kinds[n]), array_agg(p_bots[n]), array_agg(p_lanes[n]),
        array_agg(p_places[n]), array_agg(p_delays[n]), array_agg(p_errors[n])
      INTO p_kinds, p_bots, p_lanes, p_places, p_delays, p_errors
      FROM unnest(held) n;
    END IF;
  END IF;
${endUpdates}
${takeLanes}
  RETURN QUERY SELECT NULL::bigint, NULL::text, NULL::bigint, NULL::bigint, NULL::bigint,
    NULL::integer, NULL::double precision, NULL::text, summary_refused, summary_lost, summary_due,
    extract(epoch FROM clock_timestamp())::double precision * 1000, summary_more,
    summary_conflicts, this_era, (${entriesRead} - read_before)::integer;
END $$;
`
