import type { Update } from "@grammyjs/types"
import type { KeptAside } from "./queue-administration.js"

/** An update as a store keeps it when it was set aside. */
export type KeptUpdate = {
  readonly botId: number
  readonly updateId: number
  readonly lane: string
  readonly attempt: number
  /** When it was set aside, in milliseconds since 1970. */
  readonly setAsideAt: number
  readonly error: string
  readonly body: string
}

/** What was set aside, from its row. */
export function keptAside(kept: KeptUpdate): KeptAside {
  const { botId, lane, attempt, error, setAsideAt } = kept
  return { botId, update: updateOf(kept), lane, attempt, error, setAsideAt: new Date(setAsideAt) }
}

/** Of an update whose text is damaged nothing but its id is known. */
function updateOf({ updateId, body }: KeptUpdate): Update {
  const known = { update_id: updateId }
  try {
    // What `put` was given, as JSON, if nothing has happened to it.
    const update = JSON.parse(body) as Update | null
    return update?.update_id === known.update_id ? update : known
  } catch {
    return known
  }
}
