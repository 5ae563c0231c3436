import { EventChannel } from "./event-channel.js"

/** A call of a Bot API method that is about to be made. */
export interface BotCall {
  /** The id of the bot. */
  readonly botId: number
  /** The method, as Telegram spells it; `download` for the download of a file. */
  readonly method: string
  /** The parameters; for a download, Telegram's description of the file. */
  readonly params: object | undefined
  /** The root URL of the Bot API. */
  readonly apiRoot: string
  /**
   * Makes the call. A subscriber that wraps the call, such as a tracer that activates its span,
   * assigns a function that calls the previous one.
   */
  around: <T>(run: () => T) => T
}

/** A call of a Bot API method that has ended. The same object as its {@link BotCall}. */
export interface BotCalled extends BotCall {
  /** The time that the call took, waits for `retry_after` included, in milliseconds. */
  readonly durationMs: number
  /** Telegram's result, if the call succeeded. */
  readonly result?: unknown
  /** The error of the call: an `ApiError`, a `NetworkError`, or the reason of its signal. */
  readonly error?: unknown
}

/** A call that waits because Telegram has asked for it. */
export interface BotWaiting {
  /** The id of the bot. */
  readonly botId: number
  /** The method, as Telegram spells it. */
  readonly method: string
  /** The wait, in milliseconds. */
  readonly waitMs: number
}

/** `sounder:bot:call`: a Bot API method is about to be called. */
export const botCall = new EventChannel<BotCall>("sounder:bot:call")
/** `sounder:bot:called`: Telegram has answered, or the call has failed. */
export const botCalled = new EventChannel<BotCalled>("sounder:bot:called")
/** `sounder:bot:waiting`: a call waits for `retry_after`. */
export const botWaiting = new EventChannel<BotWaiting>("sounder:bot:waiting")
