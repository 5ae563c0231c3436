import type { Update } from "@grammyjs/types"
import type { DeadLetter } from "./queue-administration.js"

/**
 * A stored update that was set aside. The names of the fields are the names of the columns that a queue
 * reads.
 */
export type SetAsideRow = {
  readonly botId: number
  readonly updateId: number
  readonly lane: string
  readonly attempt: number
  /** The time when the update was set aside, in milliseconds since 1970. */
  readonly setAsideAt: number
  readonly error: string
  readonly body: string
}

/** Converts a row to the object that `QueueAdministration.setAside` returns. */
export function toDeadLetter(row: SetAsideRow): DeadLetter {
  const { botId, lane, attempt, error, setAsideAt } = row
  return {
    botId,
    update: readableUpdate(row),
    lane,
    attempt,
    error,
    setAsideAt: new Date(setAsideAt),
  }
}

/** Parses the stored text. Returns an update that has only its id if the text is damaged. */
export function readableUpdate({ updateId, body }: Pick<SetAsideRow, "updateId" | "body">): Update {
  const known = { update_id: updateId }
  try {
    // The text is the JSON of the update that was put, unless the store has damaged it.
    const update = JSON.parse(body) as Update | null
    return update?.update_id === known.update_id ? update : known
  } catch {
    return known
  }
}
