import { EventChannel } from "./event-channel.js"

/** A method of the Bot API is about to be called. */
export interface BotCall {
  /** The bot. */
  readonly botId: number
  /** The method, as Telegram spells it; `download` where a file is asked for. */
  readonly method: string
  /** What was given to it; of a download what Telegram has said of the file. */
  readonly params: object | undefined
  /** Where the Bot API is. */
  readonly apiRoot: string
  /**
   * Makes the call. Who has something to put around it (a tracer that makes its span the present
   * one) assigns a function that calls the one that was here.
   */
  around: <T>(run: () => T) => T
}

/** A method of the Bot API was called. The same object as its {@link BotCall}. */
export interface BotCalled extends BotCall {
  /** How long it took, waits for `retry_after` included, in milliseconds. */
  readonly durationMs: number
  /** What Telegram answered, where it said yes. */
  readonly result?: unknown
  /** What the call rejected with: an `ApiError`, a `NetworkError`, the reason of its signal. */
  readonly error?: unknown
}

/** A call waits, because Telegram has asked for it. */
export interface BotWaiting {
  /** The bot. */
  readonly botId: number
  /** The method, as Telegram spells it. */
  readonly method: string
  /** How long it waits, in milliseconds. */
  readonly waitMs: number
}

/** `sounder:bot:call`: a method of the Bot API is about to be called. */
export const botCall = new EventChannel<BotCall>("sounder:bot:call")
/** `sounder:bot:called`: Telegram has answered, or the call has failed. */
export const botCalled = new EventChannel<BotCalled>("sounder:bot:called")
/** `sounder:bot:waiting`: a call waits for `retry_after`. */
export const botWaiting = new EventChannel<BotWaiting>("sounder:bot:waiting")
