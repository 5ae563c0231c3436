import { idTables } from "../id-tables.js"
import { copiedColumns } from "./move-functions.js"
import type { ShardDatabase } from "./shard-database.js"

/** The number of rows that are copied with one statement. */
const pageSize = 2_000

/** The slots that are copied, and the process that copies them. */
export interface Copied {
  readonly slots: readonly number[]
  /** The name of this process as the mover of the slots. */
  readonly mover: string
}

/** A kind of rows. */
interface Content {
  /**
   * The statement of a page: `$1` are the bots, `$2` is the last row of the page before as JSON text, NULL for the
   * first page, and `$3` are the slots.
   */
  readonly page: string
  /** The function that stores a page. */
  readonly receive: string
  /** The columns of a page, in the order of the function's parameters. */
  readonly columns: readonly string[]
}

const state: Content = {
  page: `SELECT s.bot_id::text, s.space, s.key, s.json, s.version::text, s.expires_at::text FROM @schema.state s
    WHERE s.bot_id = ANY ($1) AND (SELECT h.rule FROM @schema.shard h) = 'bot' AND $3::integer[] IS NOT NULL
      AND ($2::jsonb IS NULL OR (s.bot_id, s.space, s.key) >
        (($2::jsonb->>'bot_id')::bigint, ($2::jsonb->>'space') COLLATE "C", ($2::jsonb->>'key') COLLATE "C"))
    ORDER BY s.bot_id, s.space, s.key LIMIT ${pageSize}`,
  receive: "receive_state",
  columns: Object.keys(copiedColumns.state),
}

const idsOf = (index: number): Content => ({
  page: `SELECT r.number, k.low, r.bot_id::text, ((r.high << 31) + k.low)::text AS update_id
    FROM @schema.series r JOIN @schema.ids_${index} k ON k.series = r.number
    WHERE r.bot_id = ANY ($1) AND $3::integer[] IS NOT NULL
      AND ($2::jsonb IS NULL OR (k.series, k.low) > (($2::jsonb->>'number')::integer, ($2::jsonb->>'low')::integer))
    ORDER BY k.series, k.low LIMIT ${pageSize}`,
  receive: "receive_ids",
  columns: ["bot_id", "update_id"],
})

const letters: Content = {
  page: `SELECT a.number::text, a.bot_id::text, a.update_id::text, a.lane, a.attempt, a.set_aside_at::text, a.error, a.body
    FROM @schema.set_aside a, @schema.shard h
    WHERE a.bot_id = ANY ($1) AND @schema.slot_of(h.rule, a.bot_id, a.lane) = ANY ($3)
      AND ($2::jsonb IS NULL OR a.number > ($2::jsonb->>'number')::bigint)
    ORDER BY a.number LIMIT ${pageSize}`,
  receive: "receive_letters",
  columns: Object.keys(copiedColumns.set_aside),
}

const timers: Content = {
  page: `SELECT t.slot, t.number::text, t.bot_id::text, t.name, t.due_at::text, t.lane, t.own FROM @schema.departing_timers t
    WHERE t.slot = ANY ($3) AND $1::bigint[] IS NOT NULL
      AND ($2::jsonb IS NULL OR (t.slot, t.number) > (($2::jsonb->>'slot')::integer, ($2::jsonb->>'number')::bigint))
    ORDER BY t.slot, t.number LIMIT ${pageSize}`,
  receive: "receive_timers",
  columns: Object.keys(copiedColumns.arriving_timers),
}

/** Copies the contents of slots that the first database has given up. Rows that have been copied before stay. */
export async function copyContents(
  from: ShardDatabase,
  to: ShardDatabase,
  copied: Copied,
): Promise<void> {
  const bots = await from.call<string[]>("bots_in", [copied.slots])
  for (const content of [state, ...idTables.map(idsOf), letters, timers]) {
    await copy(from, to, { ...copied, bots, content })
  }
}

async function copy(
  from: ShardDatabase,
  to: ShardDatabase,
  { slots, mover, bots, content }: Copied & { bots: readonly string[]; content: Content },
): Promise<void> {
  let last: string | null = null
  for (;;) {
    const rows: readonly Record<string, unknown>[] = await from.rows(content.page, [
      bots,
      last,
      slots,
    ])
    if (rows.length === 0) return
    const columns = content.columns.map((column) => rows.map((row) => row[column]))
    await to.call(content.receive, [slots, mover, ...columns])
    await from.call("touch_slots", [slots])
    const { json: _, body: __, own: ___, ...place } = rows.at(-1) ?? {}
    last = JSON.stringify(place)
  }
}
