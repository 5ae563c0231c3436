
CREATE TABLE @schema.series (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bot_id bigint NOT NULL,
  high bigint NOT NULL,
  UNIQUE (bot_id, high)
);

CREATE TABLE @schema.ids_0 (
  series integer NOT NULL,
  low integer NOT NULL,
  PRIMARY KEY (series, low)
)
  WITH (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
CREATE TABLE @schema.ids_1 (
  series integer NOT NULL,
  low integer NOT NULL,
  PRIMARY KEY (series, low)
)
  WITH (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
CREATE TABLE @schema.ids_2 (
  series integer NOT NULL,
  low integer NOT NULL,
  PRIMARY KEY (series, low)
)
  WITH (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);

CREATE TABLE @schema.turn (current smallint NOT NULL, since timestamptz NOT NULL);
INSERT INTO @schema.turn VALUES (0, clock_timestamp());

INSERT INTO @schema.series (bot_id, high)
  SELECT DISTINCT i.bot_id, i.update_id >> 31 FROM @schema.ids i ORDER BY 1, 2;
INSERT INTO @schema.ids_0 (series, low)
  SELECT s.number, (i.update_id & 2147483647)::integer FROM @schema.ids i
  JOIN @schema.series s ON s.bot_id = i.bot_id AND s.high = i.update_id >> 31;
DROP TABLE @schema.ids;

ALTER TABLE @schema.workers
  DROP COLUMN lease, DROP COLUMN lease_until, DROP COLUMN listens,
  ADD COLUMN lease_ms double precision NOT NULL DEFAULT 30000,
  ADD COLUMN beats bigint NOT NULL DEFAULT 0,
  ADD COLUMN channel text;
ALTER TABLE @schema.lanes ADD COLUMN rest_ms double precision;
CREATE INDEX early_lanes ON @schema.early (bot_id, lane, update_id);
ALTER TABLE @schema.early SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0);

DO $$
DECLARE
  old record;
BEGIN
  FOR old IN SELECT p.oid::regprocedure AS signature FROM pg_proc p
    WHERE p.pronamespace = '@schema'::regnamespace AND p.proname = ANY ('{put,put_early,come,come_late,listener,work,replay,drop_kept,prune,keys_of,known,remember,highest_id,rotate,release,leave,take_over,join_workers,beat,rejoin,settle_rests}')
  LOOP
    EXECUTE 'DROP FUNCTION ' || old.signature;
  END LOOP;
END $$;

CREATE FUNCTION @schema.keys_of(p_bots bigint[], p_ids bigint[]) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
  keys bigint[];
BEGIN
  LOOP
    SELECT array_agg((s.number::bigint << 31 | (i.update_id & 2147483647)) ORDER BY i.number) INTO keys
      FROM unnest(p_bots, p_ids) WITH ORDINALITY i(bot_id, update_id, number)
      LEFT JOIN @schema.series s ON s.bot_id = i.bot_id AND s.high = i.update_id >> 31;
    EXIT WHEN keys IS NULL OR array_position(keys, NULL) IS NULL;
    INSERT INTO @schema.series (bot_id, high)
      SELECT DISTINCT i.bot_id, i.update_id >> 31
      FROM unnest(p_bots, p_ids) i(bot_id, update_id)
      WHERE NOT EXISTS (
        SELECT FROM @schema.series s WHERE s.bot_id = i.bot_id AND s.high = i.update_id >> 31)
      ORDER BY 1, 2
      ON CONFLICT DO NOTHING;
  END LOOP;
  RETURN coalesce(keys, '{}');
END $$;

CREATE FUNCTION @schema.known(p_keys bigint[]) RETURNS boolean[]
LANGUAGE plpgsql AS $$
DECLARE
  is_known boolean[];
BEGIN
  PERFORM FROM @schema.turn;
  SELECT array_agg((SELECT true FROM @schema.ids_0 k WHERE (k.series, k.low) = ((i.key >> 31)::integer, (i.key & 2147483647)::integer)) IS NOT NULL OR (SELECT true FROM @schema.ids_1 k WHERE (k.series, k.low) = ((i.key >> 31)::integer, (i.key & 2147483647)::integer)) IS NOT NULL OR (SELECT true FROM @schema.ids_2 k WHERE (k.series, k.low) = ((i.key >> 31)::integer, (i.key & 2147483647)::integer)) IS NOT NULL ORDER BY i.number) INTO is_known
    FROM unnest(p_keys) WITH ORDINALITY i(key, number);
  RETURN coalesce(is_known, '{}');
END $$;

CREATE FUNCTION @schema.remember(p_keys bigint[], p_is_known boolean[], p_last integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  slot smallint := (SELECT t.current FROM @schema.turn t);
  added integer;
BEGIN
  IF slot = 0 THEN
    INSERT INTO @schema.ids_0 (series, low)
      SELECT (i.key >> 31)::integer, (i.key & 2147483647)::integer FROM unnest(p_keys, p_is_known) WITH ORDINALITY i(key, is_known, number)
      WHERE i.number <= p_last AND NOT i.is_known ORDER BY i.key
      ON CONFLICT DO NOTHING;
  ELSIF slot = 1 THEN
    INSERT INTO @schema.ids_1 (series, low)
      SELECT (i.key >> 31)::integer, (i.key & 2147483647)::integer FROM unnest(p_keys, p_is_known) WITH ORDINALITY i(key, is_known, number)
      WHERE i.number <= p_last AND NOT i.is_known ORDER BY i.key
      ON CONFLICT DO NOTHING;
  ELSIF slot = 2 THEN
    INSERT INTO @schema.ids_2 (series, low)
      SELECT (i.key >> 31)::integer, (i.key & 2147483647)::integer FROM unnest(p_keys, p_is_known) WITH ORDINALITY i(key, is_known, number)
      WHERE i.number <= p_last AND NOT i.is_known ORDER BY i.key
      ON CONFLICT DO NOTHING;
  END IF;
  GET DIAGNOSTICS added = ROW_COUNT;
  IF added < cardinality(array_positions(p_is_known[1:p_last], false)) THEN
    RAISE EXCEPTION 'another transaction has put the same update' USING ERRCODE = '40001';
  END IF;
  RETURN added;
END $$;

CREATE FUNCTION @schema.highest_id(p_bot bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT max((s.high << 31) + h.low) FROM @schema.series s
  CROSS JOIN LATERAL (
    SELECT max(k.low) AS low FROM @schema.ids_0 k WHERE k.series = s.number
    UNION ALL SELECT max(k.low) AS low FROM @schema.ids_1 k WHERE k.series = s.number
    UNION ALL SELECT max(k.low) AS low FROM @schema.ids_2 k WHERE k.series = s.number
  ) h
  WHERE s.bot_id = p_bot;
$$;

CREATE FUNCTION @schema.rotate(p_remember_ms double precision) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '200ms' AS $$
DECLARE
  began @schema.turn;
  now timestamptz := clock_timestamp();
  next smallint;
BEGIN
  SELECT * INTO began FROM @schema.turn;
  IF began.since > now THEN UPDATE @schema.turn SET since = now; END IF;
  IF began.since > now - p_remember_ms / 2 * interval '1 ms' THEN RETURN false; END IF;
  EXECUTE format(
    'INSERT INTO @schema.ids_%s (series, low)
      SELECT s.number, (u.update_id & 2147483647)::integer
      FROM (SELECT bot_id, update_id, put_at FROM @schema.updates
        UNION ALL SELECT bot_id, update_id, put_at FROM @schema.early) u
      JOIN @schema.series s ON s.bot_id = u.bot_id AND s.high = u.update_id >> 31
      WHERE u.put_at <= $1 ON CONFLICT DO NOTHING', began.current) USING began.since;
  LOCK TABLE @schema.turn IN ACCESS EXCLUSIVE MODE;
  next := (began.current + 1) % 3;
  UPDATE @schema.turn t SET current = next, since = now WHERE t.current = began.current;
  IF NOT FOUND THEN RETURN false; END IF;
  EXECUTE format('TRUNCATE @schema.ids_%s', next);
  RETURN true;
END $$;

CREATE FUNCTION @schema.put_early(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[], OUT known integer[]
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  keys bigint[];
  is_known boolean[];
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the isolation level of these transactions must be read committed'
      USING ERRCODE = 'SN001';
  END IF;
  keys := @schema.keys_of(p_bots, p_ids);
  is_known := @schema.known(keys);
  PERFORM @schema.remember(keys, is_known, cardinality(keys));
  INSERT INTO @schema.early (bot_id, update_id, lane, put_at, body)
    SELECT i.bot_id, i.update_id, i.lane, clock_timestamp(), i.body
    FROM unnest(p_bots, p_ids, p_lanes, p_bodies, is_known)
      i(bot_id, update_id, lane, body, is_known)
    WHERE NOT i.is_known;
  SELECT array_agg(i.number::integer) INTO known
    FROM unnest(is_known) WITH ORDINALITY i(is_known, number) WHERE i.is_known;
END $$;

CREATE FUNCTION @schema.come(p_bots bigint[], p_ids bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  bots bigint[];
  lanes text[];
  ids bigint[];
  first bigint := nextval('@schema.batches') * 65536;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the isolation level of these transactions must be read committed'
      USING ERRCODE = 'SN001';
  END IF;
  SELECT array_agg(x.bot_id), array_agg(x.lane), array_agg(x.update_id) INTO bots, lanes, ids FROM (
    SELECT e.bot_id, e.lane, max(e.update_id) AS update_id
    FROM unnest(p_bots, p_ids) i(bot_id, update_id)
    JOIN @schema.early e ON e.bot_id = i.bot_id AND e.update_id = i.update_id
    GROUP BY e.bot_id, e.lane
  ) x;
  IF bots IS NULL THEN RETURN 0; END IF;

  INSERT INTO @schema.lanes AS l (bot_id, lane, place)
    SELECT i.bot_id, i.lane, first + min(i.number)
    FROM unnest(bots, lanes) WITH ORDINALITY i(bot_id, lane, number)
    GROUP BY i.bot_id, i.lane COLLATE "C", i.lane
    ORDER BY i.bot_id, i.lane COLLATE "C"
  ON CONFLICT (bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;

  SELECT array_agg(x.bot_id ORDER BY x.bot_id, x.update_id),
    array_agg(x.update_id ORDER BY x.bot_id, x.update_id)
  INTO bots, ids FROM (
    SELECT e.bot_id, e.update_id FROM unnest(bots, lanes, ids) i(bot_id, lane, update_id)
    JOIN @schema.early e
      ON e.bot_id = i.bot_id AND e.lane = i.lane AND e.update_id <= i.update_id
    ORDER BY e.bot_id, e.update_id LIMIT 65535 FOR UPDATE OF e
  ) x;
  IF bots IS NULL THEN RETURN 0; END IF;

  first := nextval('@schema.batches') * 65536;
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    SELECT e.bot_id, e.lane, first + i.number, e.update_id, e.put_at, e.body
    FROM unnest(bots, ids) WITH ORDINALITY i(bot_id, update_id, number)
    JOIN @schema.early e ON e.bot_id = i.bot_id AND e.update_id = i.update_id;
  DELETE FROM @schema.early e USING unnest(bots, ids) i(bot_id, update_id)
    WHERE e.bot_id = i.bot_id AND e.update_id = i.update_id;
  RETURN cardinality(bots);
END $$;

CREATE FUNCTION @schema.come_late(p_after_ms double precision) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
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
  RETURN CASE WHEN bots IS NULL THEN 0 ELSE @schema.come(bots, ids) END;
END $$;

CREATE FUNCTION @schema.put(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[], p_capacity bigint, p_channel text,
  OUT refused integer[], OUT known integer[], OUT room bigint, OUT tell text
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  tentative bigint := nextval('@schema.batches') * 65536;
  first bigint;
  last integer := cardinality(p_ids);
  added integer;
  keys bigint[];
  is_known boolean[];
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
      SELECT i.bot_id, (
        SELECT max(e.update_id) FROM @schema.early e
        WHERE e.bot_id = i.bot_id AND e.lane = i.lane AND e.update_id < i.update_id
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
  first := nextval('@schema.batches') * 65536;
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    SELECT i.bot_id, i.lane, first + i.number, i.update_id, clock_timestamp(), i.body
    FROM unnest(p_bots, p_ids, p_lanes, p_bodies, is_known)
      WITH ORDINALITY i(bot_id, update_id, lane, body, is_known, number)
    WHERE i.number <= last AND NOT i.is_known;

  IF added < cardinality(p_ids) THEN
    SELECT array_agg(i.number::integer) INTO known
      FROM unnest(is_known) WITH ORDINALITY i(is_known, number) WHERE i.is_known;
    DELETE FROM @schema.lanes l USING unnest(p_bots, p_lanes) i(bot_id, lane)
    WHERE l.bot_id = i.bot_id AND l.lane = i.lane AND l.holder IS NULL AND NOT EXISTS (
      SELECT FROM @schema.updates u WHERE u.bot_id = l.bot_id AND u.lane = l.lane);
  END IF;
  room := room - added;
  tell := @schema.listener(p_channel);
END $$;

CREATE FUNCTION @schema.listener(p_channel text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT w.channel FROM @schema.workers w
    WHERE w.channel IS NOT NULL AND w.channel IS DISTINCT FROM p_channel
    ORDER BY random() LIMIT 1);
END $$;

CREATE FUNCTION @schema.work(
  p_worker bigint, p_kinds integer[], p_bots bigint[], p_lanes text[], p_epochs bigint[],
  p_places bigint[], p_delays double precision[], p_errors text[], p_count integer,
  p_after bigint, p_per_bot integer, p_held_bots bigint[], p_held integer[]
) RETURNS TABLE (
  bot_id bigint, lane text, epoch bigint, place bigint, update_id bigint, attempt integer,
  put_at double precision, body text, refused integer[], is_lost boolean, due_ms double precision,
  clock_ms double precision, is_more boolean
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
#variable_conflict use_column
DECLARE
  held integer[];
  bot bigint := p_after;
  bots bigint[] := '{}';
  is_around boolean := false;
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
  summary_lost boolean := false;
  summary_due double precision;
  summary_more boolean := false;
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
        array_agg(p_places[n]), array_agg(p_delays[n]), array_agg(p_errors[n])
      INTO p_kinds, p_bots, p_lanes, p_places, p_delays, p_errors
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
          WHEN i.delay > 0 THEN moment + least(i.delay, 1e15) * interval '1 ms' END,
        rest_ms = CASE WHEN i.delay > 0 AND i.delay < 'Infinity' THEN least(i.delay, 1e15) END
        FROM unnest(p_kinds, p_bots, p_lanes, p_delays) i(kind, bot_id, lane, delay)
        WHERE i.kind >= 2 AND l.bot_id = i.bot_id AND l.lane = i.lane;
    END IF;
  END IF;
  moment := clock_timestamp();
  IF p_count > 0 THEN
    PERFORM FROM @schema.lanes l
      WHERE l.holder IS NULL AND l.due_at IS NOT NULL AND l.due_at <= moment LIMIT 1;
    IF FOUND THEN
      UPDATE @schema.lanes l SET due_at = NULL FROM (
        SELECT r.bot_id, r.lane FROM @schema.lanes r
        WHERE r.holder IS NULL AND r.due_at IS NOT NULL AND r.due_at <= moment
        ORDER BY r.due_at LIMIT 256 FOR UPDATE SKIP LOCKED
      ) d WHERE l.bot_id = d.bot_id AND l.lane = d.lane;
    END IF;
    PERFORM FROM @schema.lanes l WHERE l.holder IS NULL AND l.due_at IS NULL LIMIT 1;
    is_ready := FOUND;
    IF is_ready THEN
      PERFORM FROM @schema.workers w WHERE w.id = p_worker FOR KEY SHARE;
    ELSE
      PERFORM FROM @schema.workers w WHERE w.id = p_worker;
    END IF;
    summary_lost := NOT FOUND;
  END IF;
  IF is_ready AND NOT summary_lost THEN
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
      SELECT t.bot_id, t.lane, t.epoch, u.place, u.update_id, t.attempt,
        extract(epoch FROM u.put_at)::double precision * 1000, u.body,
        NULL::integer[], NULL::boolean, NULL::double precision, NULL::double precision, NULL::boolean
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
      WHERE l.bot_id = t.bot_id AND l.lane = t.lane AND NOT EXISTS (
        SELECT FROM @schema.updates u WHERE u.bot_id = l.bot_id AND u.lane = l.lane);
    END IF;
  END IF;
  IF found_count = p_count AND summary_lost IS NOT TRUE THEN
    PERFORM FROM @schema.lanes l WHERE l.holder IS NULL AND l.due_at IS NULL LIMIT 1;
    summary_more := FOUND;
  END IF;
  IF NOT summary_more THEN
    SELECT extract(epoch FROM l.due_at - moment)::double precision * 1000 INTO summary_due
      FROM @schema.lanes l
      WHERE l.holder IS NULL AND l.due_at IS NOT NULL AND l.due_at < 'infinity'
      ORDER BY l.due_at LIMIT 1;
  END IF;
  RETURN QUERY SELECT NULL::bigint, NULL::text, NULL::bigint, NULL::bigint, NULL::bigint,
    NULL::integer, NULL::double precision, NULL::text, summary_refused, summary_lost, summary_due,
    extract(epoch FROM clock_timestamp())::double precision * 1000, summary_more;
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

CREATE FUNCTION @schema.join_workers(p_lease_ms double precision, p_channel text) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  worker bigint;
BEGIN
  INSERT INTO @schema.workers (lease_ms, channel) VALUES (p_lease_ms, p_channel)
    RETURNING id INTO worker;
  RETURN worker;
END $$;

CREATE FUNCTION @schema.beat(
  p_worker bigint, p_channel text, p_bots bigint[], p_lanes text[], p_epochs bigint[],
  OUT is_known boolean, OUT lost integer[], OUT others bigint[], OUT beats bigint[],
  OUT leases double precision[], OUT has_early boolean, OUT is_heard boolean
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
BEGIN
  UPDATE @schema.workers w SET channel = p_channel, beats = w.beats + 1 WHERE w.id = p_worker;
  is_known := FOUND;
  SELECT coalesce(array_agg(i.number::integer), '{}') INTO lost
    FROM unnest(p_bots, p_lanes, p_epochs) WITH ORDINALITY i(bot_id, lane, epoch, number)
    WHERE NOT EXISTS (
      SELECT FROM @schema.lanes l WHERE l.bot_id = i.bot_id AND l.lane = i.lane
        AND l.epoch = i.epoch AND l.holder = p_worker);
  SELECT coalesce(array_agg(w.id), '{}'), coalesce(array_agg(w.beats), '{}'),
    coalesce(array_agg(w.lease_ms), '{}')
  INTO others, beats, leases FROM @schema.workers w WHERE w.id <> p_worker;
  is_heard := EXISTS (
    SELECT FROM @schema.workers w WHERE w.channel IS NOT NULL AND w.id <> p_worker);
  has_early := EXISTS (SELECT FROM @schema.early);
END $$;

CREATE FUNCTION @schema.rejoin(
  p_worker bigint, p_lease_ms double precision, p_channel text,
  p_bots bigint[], p_lanes text[], p_epochs bigint[],
  OUT worker bigint, OUT is_known boolean, OUT lost integer[]
) LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
BEGIN
  DELETE FROM @schema.workers w WHERE w.id = p_worker;
  is_known := FOUND;
  worker := @schema.join_workers(p_lease_ms, p_channel);
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

CREATE FUNCTION @schema.settle_rests() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  moment timestamptz := clock_timestamp();
BEGIN
  UPDATE @schema.lanes l SET due_at = moment + l.rest_ms * interval '1 ms' FROM (
    SELECT r.bot_id, r.lane FROM @schema.lanes r
    WHERE r.holder IS NULL AND r.due_at IS NOT NULL AND r.due_at < 'infinity'
      AND r.due_at > moment + r.rest_ms * interval '1 ms'
    FOR UPDATE SKIP LOCKED
  ) d WHERE l.bot_id = d.bot_id AND l.lane = d.lane;
END $$;

CREATE FUNCTION @schema.replay(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
DECLARE
  kept @schema.set_aside;
  first bigint := nextval('@schema.batches') * 65536;
  keys bigint[] := @schema.keys_of(ARRAY[p_bot], ARRAY[p_id]);
BEGIN
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot AND a.update_id = p_id RETURNING * INTO kept;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO @schema.lanes AS l (bot_id, lane, place) VALUES (kept.bot_id, kept.lane, first)
    ON CONFLICT (bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;
  first := nextval('@schema.batches') * 65536;
  PERFORM @schema.remember(keys, @schema.known(keys), 1);
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    VALUES (kept.bot_id, kept.lane, first, kept.update_id, clock_timestamp(), kept.body);
  RETURN true;
END $$;

CREATE FUNCTION @schema.drop_kept(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off AS $$
BEGIN
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot AND a.update_id = p_id;
  RETURN FOUND;
END $$;
