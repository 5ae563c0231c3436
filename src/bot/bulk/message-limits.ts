import type { LimitedCall } from "./limited-call.js"
import { RateLog } from "./rate-log.js"

/** A call that is counted. */
export interface CountedCall extends LimitedCall {
  readonly isBulk: boolean
}

/** A call whose turn has come. The call counts against the limits as {@link RateLog} describes. */
export interface Turn extends CountedCall {
  /** The number of the turn, in the order of the requests. */
  readonly number: number
}

/** The wait of a call, in milliseconds. */
export interface LimitWait {
  /** The wait for the limit of the whole bot. */
  readonly botMs: number
  /** The wait for the limits of the chat. */
  readonly chatMs: number
}

/** A second with a reserve for inexact clocks, in milliseconds. */
const secondMs = 1_005
/** A minute with the same reserve, in milliseconds. */
const minuteMs = 60_050
/** The maximum number of messages per second of calls that are paid for. */
export const paidPerSecond = 1_000
/** The maximum number of messages to one group within a minute. */
const perGroup = 20
/** The number of messages per group and minute that bulk calls leave to other calls. */
const groupReserve = 1

/** The logs of one chat. */
class ChatLogs {
  readonly second = new RateLog(1, secondMs)
  /** The log of a group; `undefined` for a person. */
  readonly minute: RateLog | undefined

  constructor(isGroup: boolean) {
    this.minute = isGroup ? new RateLog(perGroup, minuteMs) : undefined
  }

  isEmpty(now: number): boolean {
    return this.second.isEmpty(now) && (this.minute?.isEmpty(now) ?? true)
  }
}

/**
 * The messages of one bot that count against Telegram's limits: 30 per second for the whole bot (1,000 for calls that
 * are paid for), one per second in a chat, 20 per minute in a group.
 *
 * @see https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
export class MessageLimits {
  readonly #free: RateLog
  readonly #paid = new RateLog(paidPerSecond, secondMs)
  /** The logs of the chats, ordered by the last call to each chat, the oldest first. */
  readonly #chats = new Map<string, ChatLogs>()

  /** @param perSecond the maximum number of messages per second of the whole bot */
  constructor(perSecond: number) {
    this.#free = new RateLog(perSecond, secondMs)
  }

  /** Counts a call that is sent now. */
  begin(call: CountedCall, now: number): void {
    this.#botLog(call).begin(call)
    if (call.chat === undefined) return
    const logs = this.#chats.get(call.chat) ?? new ChatLogs(call.isGroup)
    this.#chats.delete(call.chat)
    this.#forgetSilent(now)
    this.#chats.set(call.chat, logs)
    logs.second.begin(call)
    logs.minute?.begin(call)
  }

  /** Records the answer to a call. */
  end(call: CountedCall, now: number): void {
    this.#botLog(call).end(call, now)
    const logs = this.#logsOf(call)
    logs?.second.end(call, now)
    logs?.minute?.end(call, now)
  }

  /**
   * Returns the wait of a bulk call. Bulk calls never exceed the limits, although Telegram tolerates short
   * bursts.
   */
  bulkWait(call: LimitedCall, now: number): LimitWait {
    const logs = this.#logsOf(call)
    return {
      botMs: this.#botLog(call).waitMs(call.messages, now),
      chatMs: Math.max(
        logs?.second.waitMs(1, now) ?? 0,
        logs?.minute?.waitMs(call.messages, now, groupReserve) ?? 0,
      ),
    }
  }

  /**
   * Returns the wait of any other call. Such a call waits only for a limit against which bulk calls count
   * now.
   */
  otherWait(call: LimitedCall, now: number): LimitWait {
    const logs = this.#logsOf(call)
    const waitFor = (log: RateLog | undefined, messages: number) => {
      const bulkMs = log?.bulkMs(now) ?? 0
      return log && bulkMs > 0 ? Math.min(bulkMs, log.waitMs(messages, now)) : 0
    }
    return {
      botMs: waitFor(this.#botLog(call), call.messages),
      chatMs: Math.max(waitFor(logs?.second, 1), waitFor(logs?.minute, call.messages)),
    }
  }

  #botLog({ isPaid }: LimitedCall): RateLog {
    return isPaid ? this.#paid : this.#free
  }

  #logsOf({ chat }: LimitedCall): ChatLogs | undefined {
    return chat === undefined ? undefined : this.#chats.get(chat)
  }

  #forgetSilent(now: number): void {
    for (const [chat, logs] of this.#chats) {
      if (!logs.isEmpty(now)) return
      this.#chats.delete(chat)
    }
  }
}
