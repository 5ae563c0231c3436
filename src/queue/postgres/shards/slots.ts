import { createHash } from "node:crypto"

/** The number of slots, which the shards of a queue share out. */
export const slotCount = 1_024

/**
 * The rule that assigns updates to slots: all updates of a bot have one slot, or all updates of a lane. Each row of a
 * database has its slot by the same rule (see `slot_of` in slot-functions.ts).
 */
export type SlotRule = "bot" | "lane"

/** The maximum number of bots whose slots are kept in memory. */
const keptBots = 100_000
const slotsOfBots = new Map<number, number>()

/** Returns the slot of a bot. */
export function slotOfBot(botId: number): number {
  const known = slotsOfBots.get(botId)
  if (known !== undefined) return known
  if (slotsOfBots.size >= keptBots) slotsOfBots.clear()
  const slot = slotOfText(`${botId}`)
  slotsOfBots.set(botId, slot)
  return slot
}

/**
 * Returns the slot of a lane.
 *
 * @param lane the lane as it is stored
 */
export function slotOf(rule: SlotRule, botId: number, lane: string): number {
  return rule === "bot" ? slotOfBot(botId) : slotOfText(`${botId} ${lane}`)
}

function slotOfText(text: string): number {
  return createHash("sha256").update(text).digest().readUInt16BE(0) % slotCount
}
