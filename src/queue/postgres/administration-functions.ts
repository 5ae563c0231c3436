import { batchSpan, settings } from "./function-parts.js"

/** What operators ask for, and the forgetting of old ids. */
export const administrationFunctions = `
CREATE FUNCTION @schema.replay(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql ${settings} AS $$
DECLARE
  kept @schema.set_aside;
  first bigint := nextval('@schema.batches') * ${batchSpan};
BEGIN
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot AND a.update_id = p_id RETURNING * INTO kept;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO @schema.lanes AS l (bot_id, lane, place) VALUES (kept.bot_id, kept.lane, first)
    ON CONFLICT (bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;
  first := nextval('@schema.batches') * ${batchSpan};
  INSERT INTO @schema.ids AS k (bot_id, update_id, place) VALUES (p_bot, p_id, first)
    ON CONFLICT (bot_id, update_id) DO UPDATE SET handled_at = NULL, place = excluded.place;
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    VALUES (kept.bot_id, kept.lane, first, kept.update_id, clock_timestamp(), kept.body);
  RETURN true;
END $$;

CREATE FUNCTION @schema.drop_kept(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql ${settings} AS $$
BEGIN
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot AND a.update_id = p_id;
  RETURN FOUND;
END $$;

CREATE FUNCTION @schema.prune(
  p_bot bigint, p_id bigint, p_count integer, p_remember_ms double precision,
  OUT bot_id bigint, OUT update_id bigint
) LANGUAGE plpgsql ${settings} AS $$
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
`
