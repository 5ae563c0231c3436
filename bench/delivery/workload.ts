import { Random } from "../../simulator/src/ground/random.js"
import type { Update } from "../../src/telegram/types.js"

/** The options of the workload that all contenders get. */
export interface WorkloadOptions {
  /** The number of updates. */
  readonly updates: number
  /** The number of private chats. */
  readonly chats: number
  /** The seed: the same seed gives the same updates in the same order. */
  readonly seed: number
  /** Whether the first chat has a few updates that take 30 s each. */
  readonly slowChat: boolean
  /** Whether all updates are messages, which Telegram sends one after the other within a chat. */
  readonly onlyMessages?: boolean
}

/** An update before Telegram assigns its id. */
export interface Planned {
  readonly chat: number
  readonly update: Omit<Update, "update_id">
}

const slowMs = 30_000
/** The share of button presses; the other updates are messages. */
const pressShare = 0.2

/**
 * The distribution of handler times: mostly a few milliseconds, with a tail of up to 5 seconds. 60%
 * take at most 10 ms, 98% at most 400 ms, 0.2% 2 to 5 s; the mean is 58 ms.
 */
const durations = [
  { share: 0.6, fromMs: 0, toMs: 10 },
  { share: 0.9, fromMs: 10, toMs: 50 },
  { share: 0.98, fromMs: 50, toMs: 400 },
  { share: 0.998, fromMs: 400, toMs: 2000 },
  { share: 1, fromMs: 2000, toMs: 5000 },
] as const

/** Iterates over the updates, in the order of their creation. */
export function* workload(options: WorkloadOptions): Generator<Planned> {
  const random = new Random(options.seed)
  const { updates, chats, slowChat, onlyMessages = false } = options
  // In the first half, so that delays of later updates become visible.
  const slowAt = slowChat ? [Math.floor(updates / 10), Math.floor(updates / 3)] : []
  for (let index = 0; index < updates; index += 1) {
    const isSlow = slowAt.includes(index)
    // The slow chat has no other updates.
    const chat = isSlow ? firstChat : firstChat + random.integer(slowChat ? 1 : 0, chats - 1)
    const ms = isSlow ? slowMs : duration(random)
    const isPress = random.integer(0, 999) < pressShare * 1000 && !onlyMessages
    yield { chat, update: isPress ? press(chat, ms, index) : message(chat, ms, index) }
  }
}

const firstChat = 1_000_001

function duration(random: Random): number {
  const share = random.integer(0, 999_999) / 1_000_000
  const { fromMs, toMs } = durations.find((one) => share < one.share) ?? durations[0]
  return random.integer(fromMs, toMs)
}

function message(chat: number, ms: number, index: number) {
  return { message: { ...written(chat, index), from: person(chat), text: String(ms) } }
}

function press(chat: number, ms: number, index: number) {
  const { id, first_name } = bot
  return {
    callback_query: {
      id: String(index + 1),
      from: person(chat),
      chat_instance: String(chat),
      data: String(ms),
      message: { ...written(chat, index), from: { id, first_name, is_bot: true }, text: "Press" },
    },
  }
}

const bot = { id: 1, first_name: "Bot" }

function written(id: number, index: number) {
  const chat = { id, type: "private" as const, first_name: "User" }
  return { message_id: index + 1, date: Math.floor(Date.now() / 1000), chat }
}

function person(id: number) {
  return { id, is_bot: false, first_name: "User" }
}
