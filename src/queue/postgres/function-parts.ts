/**
 * The settings of a function. A connection plans each statement once, and the tables may be empty at
 * that time. The plan has to suit full tables, with or without statistics, so that only index lookups
 * are allowed: no sequential scan and no hash join. No function waits for a lock for longer than 5 s.
 */
export const functionSettings =
  "SET search_path = pg_catalog SET enable_seqscan = off SET enable_mergejoin = off " +
  "SET enable_hashjoin = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan SET lock_timeout = '5s' SET jit = off"

/**
 * The number of places of one batch: the updates that one transaction stores. The places of a batch
 * begin at the batch's number times this value.
 */
export const batchSpan = 65_536

/**
 * The SQL that keeps the present era until the end of the transaction (see {@link eraFunction}). The lock does not
 * conflict with the locks of readers, such as a backup.
 */
export const keepEra = `
  LOCK TABLE @schema.turn IN ROW EXCLUSIVE MODE;`

/** The SQL with which each function begins that searches lanes or adds them: it sets the variable `this_era`. */
export const readEra = `${keepEra}
  this_era := (SELECT t.era FROM @schema.turn t);`

/**
 * Returns the SQL that locks the lanes of updates, in the order of their keys, and creates missing
 * lanes. The update `WHERE false` changes nothing: it only locks a lane that exists. A new lane's
 * place is tentative, because it was drawn before the lock.
 *
 * @param bots the SQL of the updates' bots
 * @param lanes the SQL of the updates' lanes
 * @param place the SQL of the tentative place
 */
export const lockLanes = (bots: string, lanes: string, place: string): string => `
  INSERT INTO @schema.lanes AS l (era, bot_id, lane, place)
    SELECT this_era, i.bot_id, i.lane, ${place} + min(i.number)
    FROM unnest(${bots}, ${lanes}) WITH ORDINALITY i(bot_id, lane, number)
    GROUP BY i.bot_id, i.lane COLLATE "C", i.lane
    ORDER BY i.bot_id, i.lane COLLATE "C"
  ON CONFLICT (era, bot_id, lane) DO UPDATE SET epoch = l.epoch WHERE false;`

/**
 * The SQL that refuses a transaction of any other isolation level. At `read committed` a statement
 * sees all transactions that were committed before it began, on which every function relies. SQLSTATE
 * `SN001` is Sounder's own: `postgresError` turns it into advice.
 */
export const expectReadCommitted = `
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the isolation level of these transactions must be read committed'
      USING ERRCODE = 'SN001';
  END IF;`

/**
 * Returns the SQL that converts a time to milliseconds since 1970.
 *
 * @param time the SQL of the time. Default: the present time on the database's clock.
 */
export const msOf = (time = "clock_timestamp()"): string =>
  `(extract(epoch FROM ${time}) * 1000)::bigint`
