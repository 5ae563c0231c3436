import type { NewUpdate } from "../new-update.js"

/**
 * A lane that another worker holds, at the time when an update of a type that this worker watches entered the
 * lane.
 */
export interface HeldLane {
  /** The channel of the worker. */
  readonly channel: string
  /** The number of the delivery that the worker has. */
  readonly epoch: string
  readonly update: NewUpdate
}

/** A row of the function `holders_of`: channel, number of the update from 1, and number of the delivery. */
export type HolderRow = readonly [channel: string, number: number, epoch: string]

/** The parts of a held lane in a notification: bot, lane, number of the delivery, id of the update. */
export type NotifiedArrival = readonly [botId: number, lane: string, epoch: string, id: number]

/** Returns the held lanes of the updates that a transaction has stored. */
export function heldLanes(
  rows: readonly HolderRow[] | null,
  updates: readonly (NewUpdate | undefined)[],
): HeldLane[] {
  return (rows ?? []).flatMap(([channel, number, epoch]) => {
    const update = updates[number - 1]
    return update ? [{ channel, epoch, update }] : []
  })
}

/** Returns the part of a held lane that a notification contains. */
export function toNotified({ epoch, update }: HeldLane): NotifiedArrival {
  return [update.botId, update.lane, epoch, update.updateId]
}

/**
 * The function that finds the workers to notify of new updates: a worker that holds the lane of an update and
 * watches for updates of its type.
 *
 * - `p_bots`, `p_lanes`, `p_types`: the updates
 * - `p_channel`: the channel of this process, which is not returned; NULL if it has none
 *
 * Its caller has read the era. It returns a JSON array of arrays, each with the channel, the number of the update, from 1, and the number of the
 * delivery; NULL if there is nothing to notify.
 */
export const holdersFunction = `
CREATE FUNCTION @schema.holders_of(
  p_bots bigint[], p_lanes text[], p_types text[], p_channel text
) RETURNS jsonb LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RETURN (
    SELECT jsonb_agg(jsonb_build_array(w.channel, i.number, l.epoch::text))
    FROM unnest(p_bots, p_lanes, p_types) WITH ORDINALITY i(bot_id, lane, type, number)
    JOIN @schema.lanes l ON l.era = (SELECT t.era FROM @schema.turn t)
      AND l.bot_id = i.bot_id AND l.lane = i.lane
    JOIN @schema.workers w ON w.id = l.holder
    WHERE i.type = ANY (w.watched) AND w.channel IS NOT NULL
      AND w.channel IS DISTINCT FROM p_channel);
END $$;

CREATE FUNCTION @schema.is_watched(p_types text[], p_channel text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM @schema.workers w WHERE w.watched && p_types
      AND w.channel IS NOT NULL AND w.channel IS DISTINCT FROM p_channel);
END $$;
`
