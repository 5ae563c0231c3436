import { endOfLease, settings } from "./function-parts.js"

/** Makes the lanes of some workers free, locking them in the order of their keys as all others do. */
const release = `
CREATE FUNCTION @schema.release(p_workers bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  released bigint;
BEGIN
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

/** Workers join, are heard of, become others, leave, and are found dead. */
const workers = `
CREATE FUNCTION @schema.take_over() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  ended bigint[];
BEGIN
  WITH dead AS (
    DELETE FROM @schema.workers w WHERE w.id IN (
      SELECT e.id FROM @schema.workers e
      WHERE ${endOfLease("e")} < clock_timestamp() FOR UPDATE SKIP LOCKED
    ) RETURNING w.id
  )
  SELECT array_agg(d.id) INTO ended FROM dead d;
  IF ended IS NULL THEN RETURN 0; END IF;
  RETURN @schema.release(ended);
END $$;

CREATE FUNCTION @schema.join_workers(p_lease_ms double precision, p_listens boolean) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  worker bigint;
BEGIN
  PERFORM @schema.take_over();
  INSERT INTO @schema.workers (lease, lease_until, listens)
    VALUES (p_lease_ms * interval '1 ms', clock_timestamp() + p_lease_ms * interval '1 ms', p_listens)
    RETURNING id INTO worker;
  RETURN worker;
END $$;

CREATE FUNCTION @schema.beat(
  p_worker bigint, p_listens boolean, p_bots bigint[], p_lanes text[], p_epochs bigint[],
  OUT is_known boolean, OUT lost integer[], OUT released bigint, OUT is_heard boolean
) LANGUAGE plpgsql ${settings} AS $$
BEGIN
  UPDATE @schema.workers w SET listens = p_listens, lease_until = clock_timestamp() + w.lease
    WHERE w.id = p_worker;
  is_known := FOUND;
  SELECT coalesce(array_agg(i.number::integer), '{}') INTO lost
    FROM unnest(p_bots, p_lanes, p_epochs) WITH ORDINALITY i(bot_id, lane, epoch, number)
    WHERE NOT EXISTS (
      SELECT FROM @schema.lanes l WHERE l.bot_id = i.bot_id AND l.lane = i.lane
        AND l.epoch = i.epoch AND l.holder = p_worker);
  released := @schema.take_over();
  is_heard := EXISTS (SELECT FROM @schema.workers w WHERE w.listens AND w.id <> p_worker);
END $$;

CREATE FUNCTION @schema.rejoin(
  p_worker bigint, p_lease_ms double precision, p_listens boolean,
  p_bots bigint[], p_lanes text[], p_epochs bigint[],
  OUT worker bigint, OUT is_known boolean, OUT lost integer[]
) LANGUAGE plpgsql ${settings} AS $$
BEGIN
  DELETE FROM @schema.workers w WHERE w.id = p_worker;
  is_known := FOUND;
  INSERT INTO @schema.workers (lease, lease_until, listens)
    VALUES (p_lease_ms * interval '1 ms', clock_timestamp() + p_lease_ms * interval '1 ms', p_listens)
    RETURNING id INTO worker;
  PERFORM FROM @schema.lanes l WHERE l.holder = p_worker ORDER BY l.bot_id, l.lane FOR UPDATE;
  UPDATE @schema.lanes l SET holder = rejoin.worker
    FROM unnest(p_bots, p_lanes, p_epochs) i(bot_id, lane, epoch)
    WHERE l.bot_id = i.bot_id AND l.lane = i.lane AND l.epoch = i.epoch AND l.holder = p_worker;
  UPDATE @schema.lanes l SET holder = NULL, epoch = NULL, attempt = l.attempt - 1
    WHERE l.holder = p_worker;
  SELECT coalesce(array_agg(i.number::integer), '{}') INTO lost
    FROM unnest(p_bots, p_lanes, p_epochs) WITH ORDINALITY i(bot_id, lane, epoch, number)
    WHERE NOT EXISTS (
      SELECT FROM @schema.lanes l WHERE l.bot_id = i.bot_id AND l.lane = i.lane
        AND l.epoch = i.epoch AND l.holder = rejoin.worker);
END $$;
`

/** What is done about leases. */
export const leaseFunctions = release + workers
