/**
 * What the journals of the bots and the record of Telegram say about a run. The judge knows nothing
 * of the contenders: a begin and an end of a handler are lines in a journal, whoever wrote them.
 *
 * @module
 */

/** A line of a journal. */
export interface Entry {
  readonly what: "begin" | "end"
  readonly update: number
  /** On the machine's monotonic clock, in milliseconds. */
  readonly at: number
}

/** One process of a bot. */
export interface Life {
  readonly entries: readonly Entry[]
  /** When it was started, on the same clock. */
  readonly startedAt: number
  /** When it ended, on the same clock; `undefined` while it runs. */
  readonly endedAt: number | undefined
}

/** One update as Telegram knows it. */
export interface Sent {
  readonly update: number
  readonly chat: number
  /** When it came into being. */
  readonly at: number
  /** When Telegram was told to forget it; `undefined` while it still has it. */
  readonly forgottenAt: number | undefined
  /**
   * When Telegram sent it to the webhook, with the first attempt that was accepted, in milliseconds of
   * Telegram's clock; `undefined` where the bot asks for updates, and gets them in their order.
   */
  readonly sentAt: number | undefined
  /** Whether Telegram gave it up because it had become too old. */
  readonly isExpired: boolean
}

/** All that is known of a run. */
export interface Evidence {
  /** In the order in which they came into being. */
  readonly sent: readonly Sent[]
  readonly lives: readonly Life[]
  /** Whether the run was ended by its limit while the bot was still at work. */
  readonly wasCutOff: boolean
  /** Whether what Telegram has forgotten is kept on disk, so that the next process has it. */
  readonly isDurable: boolean
}

/** What became of the updates. Counts are of updates, except where they say otherwise. */
export interface Verdict {
  readonly updates: number
  /** A handler has ended. */
  readonly handled: number
  /** No handler has ended, and nobody has the update any more. */
  readonly lost: number
  /** No handler has ended, because Telegram gave the update up: it had become too old. */
  readonly expired: number
  /** No handler has ended, and the update waits with Telegram, with the bot or in its store. */
  readonly unfinished: number
  /** A handler began although one had ended, or one was running in a process that lived on. */
  readonly handledTwice: number
  /** A handler began again because the process in which it ran had died. */
  readonly rerun: number
  /** A handler began before that of an earlier update of its chat had ended. */
  readonly outOfOrder: number
  /** Those of them that Telegram itself had not sent after the earlier update. */
  readonly sentOutOfOrder: number
  /** Chats in which an update with nothing before it in its chat waited for more than 5 s. */
  readonly chatsDelayed: number
  /** From an update's coming into being to the begin of its handler, in milliseconds. */
  readonly longestWaitMs: number
}

/** Longer than any handler of another chat should keep an update waiting. */
const delayedMs = 5000

/** When the updates of a chat so far were over, and when Telegram had sent the last to end. */
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
    const own = runs.get(sent.update) ?? []
    const [first] = own
    if (first) longestWaitMs = Math.max(longestWaitMs, first.at - sent.at)
    if (own.some(({ endedAt }) => endedAt !== undefined)) counts.handled += 1
    else if (sent.isExpired) counts.expired += 1
    else if (isLost(sent, evidence)) counts.lost += 1
    if (wasRepeated(own)) counts.handledTwice += 1
    else if (own.length > 1) counts.rerun += 1
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

/** Every run of a handler, by update, in the order in which they began. */
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
  for (const own of runs.values()) own.sort((one, other) => one.at - other.at)
  return runs
}

function append(runs: Map<number, Begun[]>, update: number, begun: Begun): void {
  const own = runs.get(update)
  if (own) own.push(begun)
  else runs.set(update, [begun])
}

function endFirst(open: Begun[] | undefined, at: number): void {
  const begun = open?.shift()
  if (begun) begun.endedAt = at
}

function wasRepeated(own: readonly Begun[]): boolean {
  return own.some((run, index) => own.slice(0, index).some((earlier) => !diedBefore(earlier, run)))
}

/** Whether a run was cut short by the end of its process, before another began. */
function diedBefore({ endedAt, diedAt }: Begun, { at }: Begun): boolean {
  return endedAt === undefined && diedAt !== undefined && diedAt <= at
}

function isLost({ forgottenAt }: Sent, { lives, wasCutOff, isDurable }: Evidence): boolean {
  if (forgottenAt === undefined) return false
  if (!wasCutOff) return true
  // Whoever was there when Telegram forgot it may have it, while that process lives.
  const living = lives.some((life) => life.startedAt <= forgottenAt && life.endedAt === undefined)
  return !isDurable && !living
}

function orderOf(sent: readonly Sent[], runs: ReadonlyMap<number, readonly Begun[]>) {
  let outOfOrder = 0
  let sentOutOfOrder = 0
  const delayed = new Set<number>()
  const chats = new Map<number, ChatSoFar>()
  for (const { update, chat, at, sentAt } of sent) {
    const own = runs.get(update) ?? []
    const begunAt = own[0]?.at
    if (begunAt === undefined) continue
    const { freeAt, sentBy } = chats.get(chat) ?? { freeAt: 0, sentBy: undefined }
    if (begunAt < freeAt) {
      outOfOrder += 1
      if (sentAt !== undefined && sentBy !== undefined && sentAt <= sentBy) sentOutOfOrder += 1
    }
    if (begunAt - Math.max(at, freeAt) > delayedMs) delayed.add(chat)
    const endedAt = own.find((run) => run.endedAt !== undefined)?.endedAt
    // The chat is free when the last of its updates so far has ended.
    if (endedAt !== undefined && endedAt > freeAt) {
      chats.set(chat, { freeAt: endedAt, sentBy: sentAt })
    }
  }
  return { outOfOrder, sentOutOfOrder, chatsDelayed: delayed.size }
}
