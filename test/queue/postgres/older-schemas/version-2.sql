
CREATE TABLE @schema.early (
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  put_at timestamptz NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (bot_id, update_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0);

CREATE FUNCTION @schema.put_early(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[], p_remember_ms double precision,
  OUT known integer[]
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  cutoff timestamptz := clock_timestamp() - p_remember_ms * interval '1 ms';
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the isolation level of these transactions must be read committed'
      USING ERRCODE = 'SN001';
  END IF;
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
LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  bots bigint[];
  ids bigint[];
  lanes text[];
  first bigint := nextval('@schema.batches') * 65536;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the isolation level of these transactions must be read committed'
      USING ERRCODE = 'SN001';
  END IF;
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

  INSERT INTO @schema.lanes AS l (bot_id, lane, place)
    SELECT i.bot_id, i.lane, first + min(i.number)
    FROM unnest(bots, lanes) WITH ORDINALITY i(bot_id, lane, number)
    GROUP BY i.bot_id, i.lane COLLATE "C", i.lane
    ORDER BY i.bot_id, i.lane COLLATE "C"
  ON CONFLICT (bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;

  first := nextval('@schema.batches') * 65536;
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
LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
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

CREATE OR REPLACE FUNCTION @schema.put(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[],
  p_remember_ms double precision, p_capacity bigint,
  OUT refused integer[], OUT known integer[], OUT room bigint, OUT is_heard boolean
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  tentative bigint := nextval('@schema.batches') * 65536;
  first bigint;
  last integer := cardinality(p_ids);
  added integer;
  cutoff timestamptz := clock_timestamp() - p_remember_ms * interval '1 ms';
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the isolation level of these transactions must be read committed'
      USING ERRCODE = 'SN001';
  END IF;

  INSERT INTO @schema.lanes AS l (bot_id, lane, place)
    SELECT i.bot_id, i.lane, tentative + min(i.number)
    FROM unnest(p_bots, p_lanes) WITH ORDINALITY i(bot_id, lane, number)
    GROUP BY i.bot_id, i.lane COLLATE "C", i.lane
    ORDER BY i.bot_id, i.lane COLLATE "C"
  ON CONFLICT (bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;

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

  first := nextval('@schema.batches') * 65536;
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
