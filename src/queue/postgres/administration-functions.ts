import { batchSpan, functionSettings, readEra } from "./function-parts.js"

/**
 * The functions for operators: `replay` moves an update that was set aside back to the end of its lane, and
 * `drop_set_aside` deletes such an update. Both return false if no such update was set aside.
 */
export const administrationFunctions = `
CREATE FUNCTION @schema.replay(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  letter @schema.set_aside;
  first bigint := nextval('@schema.batches') * ${batchSpan};
  keys bigint[];
  this_era integer;
BEGIN${readEra}
  keys := @schema.keys_of(ARRAY[p_bot], ARRAY[p_id]);
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot AND a.update_id = p_id RETURNING * INTO letter;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO @schema.lanes AS l (era, bot_id, lane, place)
    VALUES (this_era, letter.bot_id, letter.lane, first)
    ON CONFLICT (era, bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;
  first := nextval('@schema.batches') * ${batchSpan};
  PERFORM @schema.remember(keys, @schema.known(keys), 1);
  INSERT INTO @schema.updates (bot_id, lane, place, update_id, put_at, body)
    VALUES (letter.bot_id, letter.lane, first, letter.update_id, clock_timestamp(), letter.body);
  RETURN true;
END $$;

CREATE FUNCTION @schema.drop_set_aside(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql ${functionSettings} AS $$
BEGIN
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot AND a.update_id = p_id;
  RETURN FOUND;
END $$;
`
