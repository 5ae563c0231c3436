
CREATE SEQUENCE @schema.batches CACHE 1;
CREATE SEQUENCE @schema.epochs CACHE 1;

CREATE TABLE @schema.updates (
  bot_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  place bigint NOT NULL,
  update_id bigint NOT NULL,
  put_at timestamptz NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (bot_id, lane, place)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE @schema.lanes (
  bot_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  place bigint NOT NULL,
  attempt integer NOT NULL DEFAULT 0,
  epoch bigint,
  holder bigint,
  due_at timestamptz,
  PRIMARY KEY (bot_id, lane)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX lanes_ready ON @schema.lanes (bot_id, place)
  WHERE holder IS NULL AND due_at IS NULL;
CREATE INDEX lanes_resting ON @schema.lanes (due_at)
  WHERE holder IS NULL AND due_at IS NOT NULL;

CREATE TABLE @schema.ids (
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  place bigint NOT NULL,
  handled_at timestamptz,
  PRIMARY KEY (bot_id, update_id)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE @schema.set_aside (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bot_id bigint NOT NULL,
  update_id bigint NOT NULL,
  lane text COLLATE "C" NOT NULL,
  attempt integer NOT NULL,
  set_aside_at timestamptz NOT NULL,
  error text NOT NULL,
  body text NOT NULL,
  UNIQUE (bot_id, update_id)
);

CREATE TABLE @schema.workers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lease interval NOT NULL,
  lease_until timestamptz NOT NULL,
  listens boolean NOT NULL
) WITH (fillfactor = 50);

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

CREATE FUNCTION @schema.work(
  p_worker bigint, p_kinds integer[], p_bots bigint[], p_lanes text[], p_epochs bigint[],
  p_places bigint[], p_ids bigint[], p_delays double precision[], p_errors text[], p_count integer,
  p_after bigint, p_per_bot integer, p_held_bots bigint[], p_held integer[]
) RETURNS TABLE (
  bot_id bigint, lane text, epoch bigint, place bigint, attempt integer, received_at double precision,
  body text, refused integer[], is_lost boolean, due_ms double precision, has_dead boolean
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
#variable_conflict use_column
DECLARE
  held integer[];
  bot bigint := p_after;
  bots bigint[] := '{}';
  is_around boolean := false;
  room integer;
  taken_bots bigint[] := '{}';
  taken_lanes text[] := '{}';
  taken_epochs bigint[] := '{}';
  taken_places bigint[] := '{}';
  taken_attempts integer[] := '{}';
  found_count integer := 0;
  moment timestamptz := clock_timestamp();
  summary_refused integer[] := '{}';
  summary_lost boolean := false;
  summary_due double precision;
  summary_dead boolean := false;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the isolation level of these transactions must be read committed'
      USING ERRCODE = 'SN001';
  END IF;

  IF cardinality(p_kinds) > 0 THEN
    SELECT coalesce(array_agg(h.number::integer), '{}') INTO held FROM (
      SELECT i.number FROM unnest(p_bots, p_lanes, p_epochs)
        WITH ORDINALITY i(bot_id, lane, epoch, number)
      JOIN @schema.lanes l ON l.bot_id = i.bot_id AND l.lane = i.lane
      WHERE l.epoch = i.epoch AND l.holder = p_worker
      ORDER BY l.bot_id, l.lane FOR UPDATE OF l
    ) h;
    IF cardinality(held) < cardinality(p_kinds) THEN
      SELECT coalesce(array_agg(n) FILTER (WHERE n <> ALL (held)), '{}') INTO summary_refused
        FROM generate_subscripts(p_kinds, 1) n;
      SELECT array_agg(p_kinds[n]), array_agg(p_bots[n]), array_agg(p_lanes[n]),
        array_agg(p_places[n]), array_agg(p_ids[n]), array_agg(p_delays[n]), array_agg(p_errors[n])
      INTO p_kinds, p_bots, p_lanes, p_places, p_ids, p_delays, p_errors
      FROM unnest(held) n;
    END IF;
  END IF;
  IF cardinality(p_kinds) > 0 THEN
    IF 1 = ANY (p_kinds) THEN
      INSERT INTO @schema.set_aside
        (bot_id, update_id, lane, attempt, set_aside_at, error, body)
      SELECT u.bot_id, u.update_id, u.lane, l.attempt, moment, i.error, u.body
      FROM unnest(p_kinds, p_bots, p_lanes, p_places, p_errors)
        i(kind, bot_id, lane, place, error)
      JOIN @schema.updates u ON u.bot_id = i.bot_id AND u.lane = i.lane AND u.place = i.place
      JOIN @schema.lanes l ON l.bot_id = i.bot_id AND l.lane = i.lane
      WHERE i.kind = 1
      ON CONFLICT (bot_id, update_id) DO UPDATE SET lane = excluded.lane,
        attempt = excluded.attempt, set_aside_at = excluded.set_aside_at, error = excluded.error,
        body = excluded.body;
    END IF;
    IF 0 = ANY (p_kinds) OR 1 = ANY (p_kinds) THEN
      DELETE FROM @schema.updates u
        USING unnest(p_kinds, p_bots, p_lanes, p_places) i(kind, bot_id, lane, place)
        WHERE i.kind <= 1 AND u.bot_id = i.bot_id AND u.lane = i.lane AND u.place = i.place;
      UPDATE @schema.ids k SET handled_at = moment
        FROM unnest(p_kinds, p_bots, p_ids) i(kind, bot_id, update_id)
        WHERE i.kind <= 1 AND k.bot_id = i.bot_id AND k.update_id = i.update_id;
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
        WHERE l.bot_id = n.bot_id AND l.lane = n.lane AND n.place IS NULL
      )
      UPDATE @schema.lanes l
        SET place = n.place, attempt = 0, epoch = NULL, holder = NULL, due_at = NULL
        FROM next n
        WHERE l.bot_id = n.bot_id AND l.lane = n.lane AND n.place IS NOT NULL;
    END IF;
    IF 2 = ANY (p_kinds) OR 3 = ANY (p_kinds) THEN
      UPDATE @schema.lanes l SET epoch = NULL, holder = NULL,
        attempt = l.attempt - CASE i.kind WHEN 3 THEN 1 ELSE 0 END,
        due_at = CASE WHEN i.delay = 'Infinity' THEN 'infinity'
          WHEN i.delay > 0 THEN moment + least(i.delay, 1e15) * interval '1 ms' END
        FROM unnest(p_kinds, p_bots, p_lanes, p_delays) i(kind, bot_id, lane, delay)
        WHERE i.kind >= 2 AND l.bot_id = i.bot_id AND l.lane = i.lane;
    END IF;
  END IF;
  IF p_count > 0 THEN
    PERFORM FROM @schema.workers w WHERE w.id = p_worker FOR KEY SHARE;
    summary_lost := NOT FOUND;
  END IF;
  IF p_count > 0 AND NOT summary_lost THEN
    UPDATE @schema.lanes l SET due_at = NULL FROM (
      SELECT r.bot_id, r.lane FROM @schema.lanes r
      WHERE r.holder IS NULL AND r.due_at IS NOT NULL AND r.due_at <= moment
      ORDER BY r.due_at LIMIT 256 FOR UPDATE SKIP LOCKED
    ) d WHERE l.bot_id = d.bot_id AND l.lane = d.lane;
    LOOP
      SELECT l.bot_id INTO bot FROM @schema.lanes l
        WHERE l.holder IS NULL AND l.due_at IS NULL AND l.bot_id > bot
        ORDER BY l.bot_id LIMIT 1;
      IF NOT FOUND THEN
        EXIT WHEN is_around;
        is_around := true;
        bot := -9223372036854775808;
        CONTINUE;
      END IF;
      EXIT WHEN is_around AND bot > p_after;
      bots := bots || bot;
      EXIT WHEN cardinality(bots) >= p_count;
    END LOOP;

    FOR pass IN 1..2 LOOP
      FOREACH bot IN ARRAY bots LOOP
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
          WHERE l.holder IS NULL AND l.due_at IS NULL AND l.bot_id = bot
          ORDER BY l.place LIMIT room FOR UPDATE SKIP LOCKED
        ), taken AS (
          UPDATE @schema.lanes l
            SET holder = p_worker, epoch = nextval('@schema.epochs'), attempt = l.attempt + 1
            FROM picked p WHERE l.bot_id = p.bot_id AND l.lane = p.lane
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
    END LOOP;

    RETURN QUERY
      SELECT t.bot_id, t.lane, t.epoch, u.place, t.attempt,
        extract(epoch FROM u.put_at)::double precision * 1000, u.body,
        NULL::integer[], NULL::boolean, NULL::double precision, NULL::boolean
      FROM unnest(taken_bots, taken_lanes, taken_epochs, taken_places, taken_attempts)
        t(bot_id, lane, epoch, place, attempt)
      CROSS JOIN LATERAL (
        SELECT h.place, h.put_at, h.body FROM @schema.updates h
        WHERE h.bot_id = t.bot_id AND h.lane = t.lane AND h.place >= t.place
        ORDER BY h.place LIMIT 1
      ) u
      ORDER BY array_position(bots, t.bot_id), t.place;
    GET DIAGNOSTICS found_count = ROW_COUNT;
    IF found_count < cardinality(taken_bots) THEN
      DELETE FROM @schema.lanes l USING unnest(taken_bots, taken_lanes) t(bot_id, lane)
      WHERE l.bot_id = t.bot_id AND l.lane = t.lane AND NOT EXISTS (
        SELECT FROM @schema.updates u WHERE u.bot_id = l.bot_id AND u.lane = l.lane);
    END IF;
    IF found_count < p_count THEN
      SELECT greatest(extract(epoch FROM least(
        (SELECT min(l.due_at) FROM @schema.lanes l
          WHERE l.holder IS NULL AND l.due_at IS NOT NULL AND l.due_at < 'infinity'),
        (SELECT min(greatest(w.lease_until, pg_postmaster_start_time() + w.lease)) FROM @schema.workers w WHERE w.id <> p_worker)
      ) - clock_timestamp()) * 1000, 0) INTO summary_due;
      summary_dead := EXISTS (
        SELECT FROM @schema.workers w WHERE greatest(w.lease_until, pg_postmaster_start_time() + w.lease) < clock_timestamp());
    END IF;
  END IF;
  RETURN QUERY SELECT NULL::bigint, NULL::text, NULL::bigint, NULL::bigint, NULL::integer,
    NULL::double precision, NULL::text, summary_refused, summary_lost, summary_due,
    summary_dead;
END $$;

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

CREATE FUNCTION @schema.take_over() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  ended bigint[];
BEGIN
  WITH dead AS (
    DELETE FROM @schema.workers w WHERE w.id IN (
      SELECT e.id FROM @schema.workers e
      WHERE greatest(e.lease_until, pg_postmaster_start_time() + e.lease) < clock_timestamp() FOR UPDATE SKIP LOCKED
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
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
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
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
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

CREATE FUNCTION @schema.replay(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  kept @schema.set_aside;
  first bigint := nextval('@schema.batches') * 65536;
BEGIN
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot AND a.update_id = p_id RETURNING * INTO kept;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO @schema.lanes AS l (bot_id, lane, place) VALUES (kept.bot_id, kept.lane, first)
    ON CONFLICT (bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;
  first := nextval('@schema.batches') * 65536;
  INSERT INTO @schema.ids AS k (bot_id, update_id, place) VALUES (p_bot, p_id, first)
    ON CONFLICT (bot_id, update_id) DO UPDATE SET handled_at = NULL, place = excluded.place;
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    VALUES (kept.bot_id, kept.lane, first, kept.update_id, clock_timestamp(), kept.body);
  RETURN true;
END $$;

CREATE FUNCTION @schema.drop_kept(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
BEGIN
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot AND a.update_id = p_id;
  RETURN FOUND;
END $$;

CREATE FUNCTION @schema.prune(
  p_bot bigint, p_id bigint, p_count integer, p_remember_ms double precision,
  OUT bot_id bigint, OUT update_id bigint
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
#variable_conflict use_column
BEGIN
  WITH page AS MATERIALIZED (
    SELECT k.bot_id, k.update_id, k.handled_at FROM @schema.ids k
    WHERE (k.bot_id, k.update_id) > (p_bot, p_id)
    ORDER BY k.bot_id, k.update_id LIMIT p_count
  ), gone AS (
    DELETE FROM @schema.ids k USING page p
    WHERE k.bot_id = p.bot_id AND k.update_id = p.update_id
      AND k.handled_at < clock_timestamp() - p_remember_ms * interval '1 ms'
  )
  SELECT p.bot_id, p.update_id INTO prune.bot_id, prune.update_id FROM page p
    WHERE (SELECT count(*) FROM page) = p_count
    ORDER BY p.bot_id DESC, p.update_id DESC LIMIT 1;
END $$;
