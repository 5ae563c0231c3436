import { functionSettings, keepEra, readEra } from "../function-parts.js"
import { slotCount } from "./slots.js"

/** Returns the SQL of a mask with a 1 for each slot of an array. */
const maskOf = (slots: string) =>
  `(SELECT coalesce(bit_or(set_bit(repeat('0', ${slotCount})::bit(${slotCount}), m.slot, 1)),
    repeat('0', ${slotCount})::bit(${slotCount})) FROM unnest(${slots}) m(slot))`

/** The SQL that locks the slots for a change. Uses of slots end before, or begin after it. */
const changeSlots = `
  LOCK TABLE @schema.shard IN EXCLUSIVE MODE;`

/**
 * The columns of the copied rows with their types, by the table of the target. Known ids have tables of their own (see
 * `receive_ids`).
 */
export const copiedColumns = {
  state: {
    bot_id: "bigint",
    space: "text",
    key: "text",
    json: "text",
    version: "bigint",
    expires_at: "bigint",
  },
  set_aside: {
    bot_id: "bigint",
    update_id: "bigint",
    lane: "text",
    attempt: "integer",
    set_aside_at: "timestamptz",
    error: "text",
    body: "text",
  },
  arriving_timers: {
    slot: "integer",
    number: "bigint",
    bot_id: "bigint",
    name: "text",
    due_at: "bigint",
    lane: "text",
    own: "text",
  },
} as const

/** Returns the SQL of a function that stores copied rows in a table of the target: one array for each column. */
function receiveInto(table: keyof typeof copiedColumns, called: string): string {
  const names = Object.keys(copiedColumns[table])
  const parameters = Object.entries(copiedColumns[table]).map(
    ([name, type]) => `p_${name} ${type}[]`,
  )
  return `
DROP FUNCTION IF EXISTS @schema.${called};
CREATE FUNCTION @schema.${called}(
  p_slots integer[], p_mover text, ${parameters.join(", ")}
) RETURNS void LANGUAGE plpgsql ${functionSettings} AS $$
BEGIN
  PERFORM @schema.expect_mover(p_slots, p_mover);
  INSERT INTO @schema.${table} (${names.join(", ")})
    SELECT i.* FROM unnest(${names.map((name) => `p_${name}`).join(", ")}) i
    ON CONFLICT DO NOTHING;
END $$;
`
}

/**
 * The functions that move slots, in the order of their use. docs/decisions/0064-shards.md explains the order.
 *
 * - `close_slots` closes those of the slots that are open, and returns them: no further update is put into them.
 * - `open_slots` opens slots again that are closed and not gone. `p_idle_ms` is the time for which nobody has touched
 *   them; NULL for any.
 * - `busy_slots` returns those of the slots that have an update that waits, runs or is parked.
 * - `leave_slots` gives up those of the slots that are closed and not busy, and returns them. Their timers leave the
 *   table of timers.
 * - `touch_slots` tells others that the move of slots goes on.
 * - `bots_in` returns the bots with contents in slots.
 * - `begin_arrival` prepares the target: removes what a former stay of the slots has left, and makes this process their
 *   mover. Returns those of the slots that the target does not own yet.
 * - `expect_mover` raises SQLSTATE SN003 if another process has become the mover.
 * - `receive_*` store copied rows in the target.
 * - `end_arrival` makes the target the owner.
 * - `clear_slots` removes contents of slots that the shard does not own.
 * - `forget_slots` ends the move in the source.
 */
export const moveFunctions = `
CREATE OR REPLACE FUNCTION @schema.close_slots(p_slots integer[], p_target text) RETURNS integer[]
LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
  found_slots integer[];
BEGIN${changeSlots}
  SELECT array_agg(i.slot) INTO found_slots FROM unnest(p_slots) i(slot), @schema.shard s
    WHERE get_bit(s.open, i.slot) = 1;
  IF found_slots IS NULL THEN RETURN '{}'; END IF;
  UPDATE @schema.shard s SET open = s.open & ~ ${maskOf("found_slots")};
  INSERT INTO @schema.departing (slot, target) SELECT i.slot, p_target FROM unnest(found_slots) i(slot);
  RETURN found_slots;
END $$;

CREATE OR REPLACE FUNCTION @schema.open_slots(p_slots integer[], p_idle_ms double precision)
RETURNS integer[] LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
  found_slots integer[];
BEGIN${changeSlots}
  WITH gone AS (
    DELETE FROM @schema.departing d WHERE d.slot = ANY (p_slots) AND NOT d.is_gone
      AND (p_idle_ms IS NULL OR d.touched_at < clock_timestamp() - p_idle_ms * interval '1 ms')
      RETURNING d.slot
  ) SELECT array_agg(g.slot) INTO found_slots FROM gone g;
  IF found_slots IS NULL THEN RETURN '{}'; END IF;
  UPDATE @schema.shard s SET open = s.open | ${maskOf("found_slots")};
  RETURN found_slots;
END $$;

CREATE OR REPLACE FUNCTION @schema.busy_slots(p_slots integer[]) RETURNS integer[]
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  this_era integer;
  this_rule text;
  bot bigint := -9223372036854775808;
  busy integer[] := '{}';
BEGIN${readEra}
  this_rule := (SELECT s.rule FROM @schema.shard s);
  IF this_rule = 'lane' THEN
    RETURN coalesce((SELECT array_agg(DISTINCT x.slot) FROM (
      SELECT @schema.slot_of(this_rule, l.bot_id, l.lane) AS slot FROM @schema.lanes l WHERE l.era = this_era
      UNION ALL
      SELECT @schema.slot_of(this_rule, e.bot_id, e.lane) FROM @schema.early e WHERE e.era = this_era
    ) x WHERE x.slot = ANY (p_slots)), '{}');
  END IF;
  LOOP
    SELECT l.bot_id INTO bot FROM @schema.lanes l
      WHERE l.era = this_era AND l.bot_id > bot ORDER BY l.bot_id LIMIT 1;
    EXIT WHEN NOT FOUND;
    busy := busy || @schema.slot_of(this_rule, bot, '');
  END LOOP;
  bot := -9223372036854775808;
  LOOP
    SELECT e.bot_id INTO bot FROM @schema.early e
      WHERE e.era = this_era AND e.bot_id > bot ORDER BY e.bot_id LIMIT 1;
    EXIT WHEN NOT FOUND;
    busy := busy || @schema.slot_of(this_rule, bot, '');
  END LOOP;
  RETURN coalesce((SELECT array_agg(DISTINCT b.slot) FROM unnest(busy) b(slot)
    WHERE b.slot = ANY (p_slots)), '{}');
END $$;

CREATE OR REPLACE FUNCTION @schema.leave_slots(p_slots integer[]) RETURNS integer[]
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  free integer[];
  busy integer[];
BEGIN${changeSlots}
  LOCK TABLE @schema.turn IN EXCLUSIVE MODE;
  busy := @schema.busy_slots(p_slots);
  SELECT array_agg(d.slot) INTO free FROM @schema.departing d
    WHERE d.slot = ANY (p_slots) AND NOT d.is_gone AND d.slot <> ALL (busy);
  IF free IS NULL THEN RETURN '{}'; END IF;
  UPDATE @schema.shard s SET owned = s.owned & ~ ${maskOf("free")};
  UPDATE @schema.departing d SET is_gone = true, touched_at = clock_timestamp() WHERE d.slot = ANY (free);
  WITH gone AS (
    DELETE FROM @schema.timers t USING @schema.shard s
      WHERE @schema.slot_of(s.rule, t.bot_id, t.lane) = ANY (free)
      RETURNING @schema.slot_of(s.rule, t.bot_id, t.lane) AS slot, t.*
  ) INSERT INTO @schema.departing_timers (slot, number, bot_id, name, due_at, lane, own)
    SELECT g.slot, g.number, g.bot_id, g.name, g.due_at, g.lane, g.own FROM gone g;
  RETURN free;
END $$;

CREATE OR REPLACE FUNCTION @schema.touch_slots(p_slots integer[]) RETURNS void
LANGUAGE sql SET search_path = pg_catalog AS $$
  UPDATE @schema.departing d SET touched_at = clock_timestamp() WHERE d.slot = ANY (p_slots)
$$;

CREATE OR REPLACE FUNCTION @schema.bots_in(p_slots integer[]) RETURNS bigint[]
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  this_rule text := (SELECT s.rule FROM @schema.shard s);
  bot bigint := NULL;
  bots bigint[] := '{}';
BEGIN
  LOOP
    SELECT v.bot_id INTO bot FROM @schema.state v WHERE bot IS NULL OR v.bot_id > bot
      ORDER BY v.bot_id LIMIT 1;
    EXIT WHEN NOT FOUND;
    bots := bots || bot;
  END LOOP;
  RETURN coalesce((SELECT array_agg(DISTINCT b.bot_id) FROM (
    SELECT unnest(bots) AS bot_id UNION SELECT r.bot_id FROM @schema.series r
    UNION SELECT a.bot_id FROM @schema.set_aside a
  ) b WHERE this_rule = 'lane' OR @schema.slot_of(this_rule, b.bot_id, '') = ANY (p_slots)), '{}');
END $$;

CREATE OR REPLACE FUNCTION @schema.clear_slots(p_slots integer[]) RETURNS void
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  this_rule text;
  bots bigint[];
BEGIN
  LOCK TABLE @schema.shard IN ROW EXCLUSIVE MODE;
  SELECT s.rule INTO this_rule FROM @schema.shard s
    WHERE (s.owned & ${maskOf("p_slots")}) = repeat('0', ${slotCount})::bit(${slotCount});
  IF NOT FOUND THEN RETURN; END IF;
  bots := @schema.bots_in(p_slots);
  IF this_rule = 'bot' THEN
    DELETE FROM @schema.state v WHERE v.bot_id = ANY (bots);
  END IF;
  DELETE FROM @schema.set_aside a WHERE a.bot_id = ANY (bots)
    AND @schema.slot_of(this_rule, a.bot_id, a.lane) = ANY (p_slots);
  DELETE FROM @schema.arriving_timers t WHERE t.slot = ANY (p_slots);
END $$;

CREATE OR REPLACE FUNCTION @schema.begin_arrival(
  p_slots integer[], p_source text, p_mover text, p_versions bigint, p_own_ids bigint
) RETURNS integer[] LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  missing integer[];
BEGIN${changeSlots}
  LOCK TABLE @schema.turn IN EXCLUSIVE MODE;
  SELECT array_agg(i.slot) INTO missing FROM unnest(p_slots) i(slot), @schema.shard s
    WHERE get_bit(s.owned, i.slot) = 0;
  IF missing IS NULL THEN RETURN '{}'; END IF;
  PERFORM @schema.clear_slots(missing);
  INSERT INTO @schema.arriving (slot, source, mover) SELECT i.slot, p_source, p_mover FROM unnest(missing) i(slot)
    ON CONFLICT (slot) DO UPDATE SET source = excluded.source, mover = excluded.mover;
  PERFORM setval('@schema.versions', p_versions) FROM @schema.versions v WHERE v.last_value < p_versions;
  PERFORM setval('@schema.own_ids', p_own_ids) FROM @schema.own_ids o WHERE o.last_value > p_own_ids;
  RETURN missing;
END $$;

CREATE OR REPLACE FUNCTION @schema.expect_mover(p_slots integer[], p_mover text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM @schema.arriving a WHERE a.slot = ANY (p_slots) FOR SHARE;
  IF (SELECT count(*) FROM @schema.arriving a WHERE a.slot = ANY (p_slots) AND a.mover = p_mover)
    < cardinality(p_slots) THEN
    RAISE EXCEPTION 'another process goes on with the move of the slots' USING ERRCODE = 'SN003';
  END IF;
END $$;

${receiveInto("state", "receive_state")}${receiveInto("set_aside", "receive_letters")}
${receiveInto("arriving_timers", "receive_timers")}
CREATE OR REPLACE FUNCTION @schema.receive_ids(
  p_slots integer[], p_mover text, p_bots bigint[], p_ids bigint[]
) RETURNS void LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  keys bigint[];
BEGIN${keepEra}
  PERFORM @schema.expect_mover(p_slots, p_mover);
  keys := @schema.keys_of(p_bots, p_ids);
  PERFORM @schema.remember(keys, @schema.known(keys), cardinality(keys));
END $$;

CREATE OR REPLACE FUNCTION @schema.end_arrival(p_slots integer[], p_mover text) RETURNS void
LANGUAGE plpgsql ${functionSettings} AS $$
DECLARE
  first_due bigint;
BEGIN${changeSlots}${keepEra}
  PERFORM @schema.expect_mover(p_slots, p_mover);
  first_due := (SELECT min(t.due_at) FROM @schema.arriving_timers t WHERE t.slot = ANY (p_slots));
  INSERT INTO @schema.timers (bot_id, name, due_at, lane, own)
    SELECT t.bot_id, t.name, t.due_at, t.lane, t.own FROM @schema.arriving_timers t
    WHERE t.slot = ANY (p_slots) ORDER BY t.due_at, t.number;
  DELETE FROM @schema.arriving_timers t WHERE t.slot = ANY (p_slots);
  UPDATE @schema.turn t SET first_timer = first_due WHERE t.first_timer > first_due;
  UPDATE @schema.shard s SET owned = s.owned | ${maskOf("p_slots")}, open = s.open | ${maskOf("p_slots")};
  DELETE FROM @schema.arriving a WHERE a.slot = ANY (p_slots);
END $$;

CREATE OR REPLACE FUNCTION @schema.forget_slots(p_slots integer[]) RETURNS void
LANGUAGE plpgsql ${functionSettings} AS $$
BEGIN
  PERFORM @schema.clear_slots(p_slots);
  DELETE FROM @schema.departing_timers t WHERE t.slot = ANY (p_slots);
  DELETE FROM @schema.departing d WHERE d.slot = ANY (p_slots) AND d.is_gone;
END $$;
`
