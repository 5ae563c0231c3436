import { functionSettings, msOf } from "./function-parts.js"

/** The longest time for which the beginning of an era waits, and lets other transactions wait, in milliseconds. */
const maxWaitMs = 200

/**
 * The function that begins an era: it moves all lanes and parked updates into a new era, so that no search meets the
 * rows that were deleted before. The function `work` counts the entries of indexes that it reads, and a worker
 * begins an era when its calls have read far more than they have found (see `Eras`).
 *
 * All functions that use lanes keep the era with a lock that conflicts with the lock of this function. The lock of a
 * reader, such as a backup, does not.
 *
 * - `p_era`: the present era, as the caller knows it
 * - `p_limit`: the maximum number of lanes to move, because all functions wait meanwhile
 *
 * Returns false if there are more lanes, and true otherwise, even if another process has begun the era.
 */
export const eraFunction = `
CREATE FUNCTION @schema.begin_era(p_era integer, p_limit integer) RETURNS boolean
LANGUAGE plpgsql ${functionSettings} SET lock_timeout = '${maxWaitMs}ms' AS $$
BEGIN
  PERFORM FROM @schema.lanes l WHERE l.era = p_era LIMIT 1 OFFSET p_limit;
  IF FOUND THEN RETURN false; END IF;
  LOCK TABLE @schema.turn IN EXCLUSIVE MODE;
  PERFORM FROM @schema.turn t WHERE t.era = p_era;
  IF NOT FOUND THEN RETURN true; END IF;
  UPDATE @schema.lanes l SET era = p_era + 1 WHERE l.era = p_era;
  UPDATE @schema.early e SET era = p_era + 1 WHERE e.era = p_era;
  UPDATE @schema.turn t SET era = p_era + 1, first_timer = least(${msOf()},
    (SELECT min(d.due_at) FROM @schema.timers d WHERE d.due_at >= t.first_timer));
  RETURN true;
END $$;
`

/** The indexes whose entries `work` counts. */
const counted = ["lanes_pkey", "lanes_ready", "lanes_resting", "timers_due"]

/**
 * The SQL of the number of entries that this connection has read from indexes, as a counter. Entries of deleted rows
 * count as well.
 */
export const entriesRead = `(${counted
  .map((index) => `pg_stat_get_xact_tuples_returned('@schema.${index}'::regclass)`)
  .join(" + ")})`
