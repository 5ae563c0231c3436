import { slotCount } from "./slots.js"

/**
 * The SQL that keeps the slots of a shard as they are until the end of the transaction. The lock conflicts with the
 * lock of a function that changes slots, and not with the locks of readers, such as a backup.
 */
const keepSlots = `
  LOCK TABLE @schema.shard IN ROW EXCLUSIVE MODE;`

/**
 * Returns the SQL of a function that calls another one for a dead letter whose slot the shard owns, and otherwise returns
 * false.
 */
const ofLetter = (name: string, called: string): string => `
CREATE OR REPLACE FUNCTION @schema.${name}(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT @schema.has_letter(p_bot, p_id) THEN RETURN false; END IF;
  RETURN @schema.${called}(p_bot, p_id);
END $$;
`

/**
 * The functions through which a `ShardedQueue` uses a shard. Each refuses a slot that the shard does not have, under a
 * lock: a process that has missed the move of a slot can neither write to its old place nor read from it.
 *
 * - `slot_of` returns the slot of a row, as the function of the same name in slots.ts.
 * - `put_into_slots` and `park_into_slots` are `put` and `park` with the slots of the updates, one element of
 *   `p_slots` per update. If a slot is closed here, nothing is stored, and `closed` has the numbers of its updates,
 *   counted from 1; otherwise `closed` is NULL.
 * - `read_state_of_slots` and `write_state_of_slots` are `read_state` and `write_state` with the slots of the keys.
 *   They raise SQLSTATE SN002 for a slot that the shard does not own.
 * - `delete_records_in_slot` deletes the timers, the dead letters and the values of a bot. It raises SN002, too.
 * - `replay_in_slot` and `drop_in_slot` are `replay` and `drop_set_aside` for a slot that the shard owns.
 */
export const slotFunctions = `
CREATE OR REPLACE FUNCTION @schema.slot_of(p_rule text, p_bot bigint, p_lane text) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
  SELECT ((get_byte(h.hash, 0) << 8) | get_byte(h.hash, 1)) % ${slotCount} FROM (
    SELECT sha256(convert_to(
      CASE p_rule WHEN 'bot' THEN p_bot::text ELSE p_bot || ' ' || p_lane END, 'UTF8')) AS hash
  ) h
$$;

CREATE OR REPLACE FUNCTION @schema.closed_slots(p_slots integer[]) RETURNS integer[]
LANGUAGE plpgsql AS $$
DECLARE
  is_open bit(${slotCount});
BEGIN${keepSlots}
  is_open := (SELECT s.open FROM @schema.shard s);
  RETURN (SELECT array_agg(i.number::integer) FROM unnest(p_slots) WITH ORDINALITY i(slot, number)
    WHERE get_bit(is_open, i.slot) = 0);
END $$;

CREATE OR REPLACE FUNCTION @schema.expect_owned(p_slots integer[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  is_owned bit(${slotCount});
BEGIN${keepSlots}
  is_owned := (SELECT s.owned FROM @schema.shard s);
  IF EXISTS (SELECT FROM unnest(p_slots) i(slot) WHERE get_bit(is_owned, i.slot) = 0) THEN
    RAISE EXCEPTION 'the slot is on another shard, or is being moved' USING ERRCODE = 'SN002';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION @schema.put_into_slots(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[], p_capacity bigint, p_channel text,
  p_types text[], p_slots integer[],
  OUT refused integer[], OUT known integer[], OUT room bigint, OUT wake_channel text, OUT holders jsonb,
  OUT closed integer[]
) LANGUAGE plpgsql AS $$
BEGIN
  closed := @schema.closed_slots(p_slots);
  IF closed IS NULL THEN
    SELECT p.refused, p.known, p.room, p.wake_channel, p.holders
      INTO refused, known, room, wake_channel, holders
      FROM @schema.put(p_bots, p_ids, p_lanes, p_bodies, p_capacity, p_channel, p_types) p;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION @schema.park_into_slots(
  p_bots bigint[], p_ids bigint[], p_lanes text[], p_bodies text[], p_slots integer[],
  OUT known integer[], OUT closed integer[]
) LANGUAGE plpgsql AS $$
BEGIN
  closed := @schema.closed_slots(p_slots);
  IF closed IS NULL THEN
    known := (SELECT p.known FROM @schema.park(p_bots, p_ids, p_lanes, p_bodies) p);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION @schema.read_state_of_slots(
  p_bots bigint[], p_spaces text[], p_keys text[], p_slots integer[]
) RETURNS TABLE (number integer, json text, version bigint, expires_at bigint)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema.expect_owned(p_slots);
  RETURN QUERY SELECT * FROM @schema.read_state(p_bots, p_spaces, p_keys);
END $$;

CREATE OR REPLACE FUNCTION @schema.write_state_of_slots(p_writes jsonb, p_slots integer[])
RETURNS integer[] LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema.expect_owned(p_slots);
  RETURN @schema.write_state(p_writes, '{1}');
END $$;

CREATE OR REPLACE FUNCTION @schema.delete_records_in_slot(p_bot bigint, p_slots integer[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM @schema.expect_owned(p_slots);
  DELETE FROM @schema.timers t WHERE t.bot_id = p_bot;
  DELETE FROM @schema.set_aside a WHERE a.bot_id = p_bot;
  DELETE FROM @schema.state s WHERE s.bot_id = p_bot;
END $$;

CREATE OR REPLACE FUNCTION @schema.has_letter(p_bot bigint, p_id bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN${keepSlots}
  RETURN EXISTS (SELECT FROM @schema.set_aside a, @schema.shard s
    WHERE a.bot_id = p_bot AND a.update_id = p_id
      AND get_bit(s.owned, @schema.slot_of(s.rule, a.bot_id, a.lane)) = 1);
END $$;

${ofLetter("replay_in_slot", "replay")}${ofLetter("drop_in_slot", "drop_set_aside")}`
