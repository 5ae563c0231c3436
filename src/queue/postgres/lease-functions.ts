import { functionSettings, readEra } from "./function-parts.js"

const leaseSettings = "SET search_path = pg_catalog SET lock_timeout = '5s' SET jit = off"

/**
 * The functions that free the lanes of workers: `release` opens their lanes, and `leave` also removes
 * the worker. The lanes are locked in the order of their keys, as in all functions.
 */
const release = `
CREATE FUNCTION @schema.release(p_workers bigint[]) RETURNS bigint
LANGUAGE plpgsql ${leaseSettings} AS $$
DECLARE
  released bigint;
  this_era integer;
BEGIN${readEra}
  PERFORM FROM @schema.lanes l WHERE l.holder = ANY (p_workers)
    ORDER BY l.bot_id, l.lane FOR UPDATE;
  UPDATE @schema.lanes l SET holder = NULL, epoch = NULL WHERE l.holder = ANY (p_workers);
  GET DIAGNOSTICS released = ROW_COUNT;
  RETURN released;
END $$;

CREATE FUNCTION @schema.leave(p_worker bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM @schema.workers w WHERE w.id = p_worker;
  IF NOT FOUND THEN RETURN 0; END IF;
  RETURN @schema.release(ARRAY[p_worker]);
END $$;
`

/**
 * The functions for workers. `p_watched` has the types of updates that the worker watches: it is notified
 * when such an update enters a lane that it holds; NULL for none.
 *
 * - `join_workers` adds a worker, and returns the worker's number.
 * - `renew_lease` renews a lease: it increments the worker's `beats`. It returns which of the listed
 *   deliveries are lost, the beats and leases of all other workers, whether another worker can be notified
 *   (`has_listener`), and whether updates are parked (`has_early`).
 * - `rejoin` replaces a worker by a new worker, which keeps the listed deliveries.
 * - `take_over` removes workers whose `beats` have not changed, and frees their lanes. Its caller passes the
 *   values of `beats` that it has seen, so that a worker that has renewed its lease since then stays.
 * - `shorten_waits` shortens the wait of every lane to the delay of its retry, after the clock was set back.
 */
const workers = `
CREATE FUNCTION @schema.take_over(p_workers bigint[], p_beats bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  ended bigint[];
BEGIN
  WITH dead AS (
    DELETE FROM @schema.workers w WHERE w.id IN (
      SELECT e.id FROM @schema.workers e
      JOIN unnest(p_workers, p_beats) i(id, beats) ON e.id = i.id AND e.beats = i.beats
      FOR UPDATE OF e SKIP LOCKED
    ) RETURNING w.id
  )
  SELECT array_agg(d.id) INTO ended FROM dead d;
  IF ended IS NULL THEN RETURN 0; END IF;
  RETURN @schema.release(ended);
END $$;

CREATE FUNCTION @schema.join_workers(
  p_lease_ms double precision, p_channel text, p_watched text[] DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  worker bigint;
BEGIN
  INSERT INTO @schema.workers (lease_ms, channel, watched)
    VALUES (p_lease_ms, p_channel, p_watched)
    RETURNING id INTO worker;
  RETURN worker;
END $$;

CREATE FUNCTION @schema.renew_lease(
  p_worker bigint, p_channel text, p_bots bigint[], p_lanes text[], p_epochs bigint[],
  p_watched text[] DEFAULT NULL,
  OUT is_known boolean, OUT lost integer[], OUT others bigint[], OUT beats bigint[],
  OUT leases double precision[], OUT has_early boolean, OUT has_listener boolean
) LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  this_era integer;
BEGIN${readEra}
  UPDATE @schema.workers w SET channel = p_channel, watched = p_watched, beats = w.beats + 1
    WHERE w.id = p_worker;
  is_known := FOUND;
  SELECT coalesce(array_agg(i.number::integer), '{}') INTO lost
    FROM unnest(p_bots, p_lanes, p_epochs) WITH ORDINALITY i(bot_id, lane, epoch, number)
    WHERE NOT EXISTS (
      SELECT FROM @schema.lanes l WHERE l.era = this_era AND l.bot_id = i.bot_id AND l.lane = i.lane
        AND l.epoch = i.epoch AND l.holder = p_worker);
  SELECT coalesce(array_agg(w.id), '{}'), coalesce(array_agg(w.beats), '{}'),
    coalesce(array_agg(w.lease_ms), '{}')
  INTO others, beats, leases FROM @schema.workers w WHERE w.id <> p_worker;
  has_listener := EXISTS (
    SELECT FROM @schema.workers w WHERE w.channel IS NOT NULL AND w.id <> p_worker);
  has_early := EXISTS (SELECT FROM @schema.early e WHERE e.era = this_era);
END $$;

CREATE FUNCTION @schema.rejoin(
  p_worker bigint, p_lease_ms double precision, p_channel text,
  p_bots bigint[], p_lanes text[], p_epochs bigint[], p_watched text[] DEFAULT NULL,
  OUT worker bigint, OUT is_known boolean, OUT lost integer[]
) LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  this_era integer;
BEGIN${readEra}
  DELETE FROM @schema.workers w WHERE w.id = p_worker;
  is_known := FOUND;
  worker := @schema.join_workers(p_lease_ms, p_channel, p_watched);
  PERFORM FROM @schema.lanes l WHERE l.holder = p_worker ORDER BY l.bot_id, l.lane FOR UPDATE;
  UPDATE @schema.lanes l SET holder = rejoin.worker
    FROM unnest(p_bots, p_lanes, p_epochs) i(bot_id, lane, epoch)
    WHERE l.era = this_era AND l.bot_id = i.bot_id AND l.lane = i.lane
      AND l.epoch = i.epoch AND l.holder = p_worker;
  UPDATE @schema.lanes l SET holder = NULL, epoch = NULL, attempt = l.attempt - 1
    WHERE l.holder = p_worker;
  SELECT coalesce(array_agg(i.number::integer), '{}') INTO lost
    FROM unnest(p_bots, p_lanes, p_epochs) WITH ORDINALITY i(bot_id, lane, epoch, number)
    WHERE NOT EXISTS (
      SELECT FROM @schema.lanes l WHERE l.era = this_era AND l.bot_id = i.bot_id AND l.lane = i.lane
        AND l.epoch = i.epoch AND l.holder = rejoin.worker);
END $$;

CREATE FUNCTION @schema.shorten_waits() RETURNS void LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  moment timestamptz := clock_timestamp();
  this_era integer;
BEGIN${readEra}
  UPDATE @schema.lanes l SET due_at = moment + l.rest_ms * interval '1 ms' FROM (
    SELECT r.bot_id, r.lane FROM @schema.lanes r
    WHERE r.era = this_era AND r.holder IS NULL AND r.due_at IS NOT NULL AND r.due_at < 'infinity'
      AND r.due_at > moment + r.rest_ms * interval '1 ms'
    FOR UPDATE SKIP LOCKED
  ) d WHERE l.era = this_era AND l.bot_id = d.bot_id AND l.lane = d.lane;
END $$;
`

/** The functions for workers and their leases. */
export const leaseFunctions = release + workers
