/**
 * The judge of a run: compares the journals of the bots with the record of Telegram. The judge does
 * not know the contenders; each line of a journal is the start or the end of a handler.
 *
 * @module
 */

/** A line of a journal. */
export interface Entry {
  readonly what: "begin" | "end"
  readonly update: number
  /** The time on the machine's monotonic clock, in milliseconds. */
  readonly at: number
}

/** One process of a bot. */
export interface Life {
  readonly entries: readonly Entry[]
  /** The start of the process, on the same clock. */
  readonly startedAt: number
  /** The end of the process, on the same clock; `undefined` while it runs. */
  readonly endedAt: number | undefined
}

/** An update in Telegram's record. */
export interface Sent {
  readonly update: number
  readonly chat: number
  /** The time at which the update was created. */
  readonly at: number
  /** The time at which the update was acknowledged; `undefined` before. */
  readonly forgottenAt: number | undefined
  /**
   * The time at which Telegram sent the update to the webhook in the first successful attempt, in
   * milliseconds of Telegram's clock; `undefined` for polling, which returns updates in order.
   */
  readonly sentAt: number | undefined
  /** Whether the update expired at Telegram. */
  readonly isExpired: boolean
}

/** The evidence about a run. */
export interface Evidence {
  /** The updates, in the order of their creation. */
  readonly sent: readonly Sent[]
  readonly lives: readonly Life[]
  /** Whether the time limit ended the run while the bot was still working. */
  readonly wasCutOff: boolean
  /** Whether the bot stores acknowledged updates on disk, for its next process. */
  readonly isDurable: boolean
}

/** The verdict on a run. Counts are numbers of updates unless stated otherwise. */
export interface Verdict {
  readonly updates: number
  /** Updates with a handler that has ended. */
  readonly handled: number
  /** Updates without an ended handler that neither Telegram nor the bot has. */
  readonly lost: number
  /** Updates without an ended handler that expired at Telegram. */
  readonly expired: number
  /** Updates without an ended handler that are still at Telegram, with the bot or in its store. */
  readonly unfinished: number
  /**
   * Updates with a handler that began after one had ended, or while one was running in a live
   * process.
   */
  readonly handledTwice: number
  /** Updates with a handler that began again because the first one's process had died. */
  readonly rerun: number
  /**
   * Updates with a handler that began before the handler of an earlier update of the chat had
   * ended.
   */
  readonly outOfOrder: number
  /** The updates of `outOfOrder` that Telegram itself did not send after the earlier update of the chat. */
  readonly sentOutOfOrder: number
  /**
   * Chats in which an update with no earlier unfinished update of the chat waited for more than 5
   * s.
   */
  readonly chatsDelayed: number
  /**
   * The longest time from the creation of an update to the start of its handler, in milliseconds.
   */
  readonly longestWaitMs: number
}

/** The wait above which a chat counts as delayed by another one. */
const delayedMs = 5000

/**
 * The latest end of a chat's updates so far, and the time at which Telegram sent the update that
 * ended last.
 */
interface ChatSoFar {
  readonly freeAt: number
  readonly sentBy: number | undefined
}

interface Begun {
  readonly at: number
  endedAt: number | undefined
  readonly diedAt: number | undefined
}

/** Judges a run. */
export function judge(evidence: Evidence): Verdict {
  const runs = runsOf(evidence.lives)
  const counts = { handled: 0, lost: 0, expired: 0, handledTwice: 0, rerun: 0 }
  let longestWaitMs = 0
  for (const sent of evidence.sent) {
    const ownRuns = runs.get(sent.update) ?? []
    const [first] = ownRuns
    if (first) longestWaitMs = Math.max(longestWaitMs, first.at - sent.at)
    if (ownRuns.some(({ endedAt }) => endedAt !== undefined)) counts.handled += 1
    else if (sent.isExpired) counts.expired += 1
    else if (isLost(sent, evidence)) counts.lost += 1
    if (wasRepeated(ownRuns)) counts.handledTwice += 1
    else if (ownRuns.length > 1) counts.rerun += 1
  }
  const updates = evidence.sent.length
  return {
    updates,
    ...counts,
    unfinished: updates - counts.handled - counts.lost - counts.expired,
    ...orderOf(evidence.sent, runs),
    longestWaitMs: Math.round(longestWaitMs),
  }
}

/** Returns the runs of handlers by update, in the order of their start. */
function runsOf(lives: readonly Life[]): Map<number, Begun[]> {
  const runs = new Map<number, Begun[]>()
  for (const life of lives) {
    const open = new Map<number, Begun[]>()
    for (const { what, update, at } of life.entries) {
      if (what === "begin") {
        const begun: Begun = { at, endedAt: undefined, diedAt: life.endedAt }
        append(open, update, begun)
        append(runs, update, begun)
      } else endFirst(open.get(update), at)
    }
  }
  for (const ownRuns of runs.values()) ownRuns.sort((one, other) => one.at - other.at)
  return runs
}

function append(runs: Map<number, Begun[]>, update: number, begun: Begun): void {
  const ownRuns = runs.get(update)
  if (ownRuns) ownRuns.push(begun)
  else runs.set(update, [begun])
}

function endFirst(open: Begun[] | undefined, at: number): void {
  const begun = open?.shift()
  if (begun) begun.endedAt = at
}

function wasRepeated(ownRuns: readonly Begun[]): boolean {
  return ownRuns.some((run, index) =>
    ownRuns.slice(0, index).some((earlier) => !diedBefore(earlier, run)),
  )
}

/** Returns whether the end of a process cut a run short before another run began. */
function diedBefore({ endedAt, diedAt }: Begun, { at }: Begun): boolean {
  return endedAt === undefined && diedAt !== undefined && diedAt <= at
}

function isLost({ forgottenAt }: Sent, { lives, wasCutOff, isDurable }: Evidence): boolean {
  if (forgottenAt === undefined) return false
  if (!wasCutOff) return true
  // A process that was alive when Telegram forgot the update may still have it.
  const living = lives.some((life) => life.startedAt <= forgottenAt && life.endedAt === undefined)
  return !isDurable && !living
}

function orderOf(sent: readonly Sent[], runs: ReadonlyMap<number, readonly Begun[]>) {
  let outOfOrder = 0
  let sentOutOfOrder = 0
  const delayed = new Set<number>()
  const chats = new Map<number, ChatSoFar>()
  for (const { update, chat, at, sentAt } of sent) {
    const ownRuns = runs.get(update) ?? []
    const begunAt = ownRuns[0]?.at
    if (begunAt === undefined) continue
    const { freeAt, sentBy } = chats.get(chat) ?? { freeAt: 0, sentBy: undefined }
    if (begunAt < freeAt) {
      outOfOrder += 1
      if (sentAt !== undefined && sentBy !== undefined && sentAt <= sentBy) sentOutOfOrder += 1
    }
    if (begunAt - Math.max(at, freeAt) > delayedMs) delayed.add(chat)
    const endedAt = ownRuns.find((run) => run.endedAt !== undefined)?.endedAt
    // The chat is free when the last of its updates so far has ended.
    if (endedAt !== undefined && endedAt > freeAt) {
      chats.set(chat, { freeAt: endedAt, sentBy: sentAt })
    }
  }
  return { outOfOrder, sentOutOfOrder, chatsDelayed: delayed.size }
}
