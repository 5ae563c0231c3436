/**
 * Plans are made once for each connection, when tables may be empty: they must suit full ones, with
 * or without statistics. So a row is looked up in an index, and never by reading or hashing a table.
 * No function waits for long behind a lock.
 */
export const settings =
  "SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off " +
  "SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off"

/** A batch of puts has the places from its number times this on. */
export const batchSpan = 65_536

/**
 * Locks the lanes of some updates in the order of their keys, those that are not there made. The places
 * of new ones are tentative: they are drawn before the locks.
 *
 * @param bots,lanes,place what stands in SQL for the updates' bots, their lanes and the tentative place
 */
export const lockedLanes = (bots: string, lanes: string, place: string): string => `
  INSERT INTO @schema.lanes AS l (bot_id, lane, place)
    SELECT i.bot_id, i.lane, ${place} + min(i.number)
    FROM unnest(${bots}, ${lanes}) WITH ORDINALITY i(bot_id, lane, number)
    GROUP BY i.bot_id, i.lane COLLATE "C", i.lane
    ORDER BY i.bot_id, i.lane COLLATE "C"
  ON CONFLICT (bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;`

/** What a transaction of another isolation level is answered: a statement must see what is new. */
export const expectReadCommitted = `
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the isolation level of these transactions must be read committed'
      USING ERRCODE = 'SN001';
  END IF;`
