import type { Chat } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import type { Clock } from "../ground/clock.js"

interface Rule {
  readonly count: number
  readonly withinMs: number
}

const inChat: Rule = { count: 1, withinMs: 1000 }
const inGroup: Rule = { count: 20, withinMs: 60_000 }
const overall: Rule = { count: 30, withinMs: 1000 }

/**
 * Rate limits for bots: one message per second to a person, 20 per minute to a group or channel, 30
 * per second in all. Telegram does not publish its real limits; these are its recommendations.
 *
 * @see https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
 */
export class RateLimits {
  readonly #clock: Clock
  readonly #sent = new Map<string, number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts a message. Throws 429 if it exceeds a limit. */
  count(botId: number, chat: Chat): void {
    const now = this.#clock.now()
    const rules = [
      [`${botId}`, overall],
      [`${botId}:${chat.id}`, chat.type === "private" ? inChat : inGroup],
    ] as const
    const waits = rules.map(([key, rule]) => this.#wait(key, rule, now))
    const wait = Math.max(...waits)
    if (wait > 0) throw CallError.tooManyRequests(Math.ceil(wait / 1000))
    for (const [key] of rules) this.#sent.get(key)?.push(now)
  }

  #wait(key: string, { count, withinMs }: Rule, now: number): number {
    const recent = (this.#sent.get(key) ?? []).filter((at) => at > now - withinMs)
    this.#sent.set(key, recent)
    const oldest = recent.at(-count)
    return oldest === undefined ? 0 : oldest + withinMs - now
  }
}
