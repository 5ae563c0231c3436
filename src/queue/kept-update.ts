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
  const { botId, lane, attempt, error, setAsideAt, body } = kept
  // What `put` was given, as JSON.
  const update = JSON.parse(body) as Update
  return { botId, update, lane, attempt, error, setAsideAt: new Date(setAsideAt) }
}
