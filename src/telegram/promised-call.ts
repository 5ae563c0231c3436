import { ownContent } from "./own-update.js"
import type { Update } from "./types.js"

/** The start of the names of own updates that Sounder handles itself. */
export const reservedPrefix = "sounder:"

/** The name of the own update that is a promised call. */
export const promisedCallName = `${reservedPrefix}later`

/** The start of the lanes of promised calls. */
export const outboxLanePrefix = "later:"

/**
 * The rule for a call of which the bot cannot know whether Telegram has carried the call out: `"repeat"`
 * makes the call again, so that Telegram may carry it out twice; `"skip"` sets the call aside.
 */
export type UnsureRule = "repeat" | "skip"

/** A file of a promised call, which is read or fetched when the call is made. */
export interface PromisedFile {
  /** The text in place of the file within the parameters, as in `attach://photo`. */
  readonly reference: string
  /** The name that Telegram shows. */
  readonly filename: string
  /** The path of the file, or the URL. */
  readonly source: { readonly path: string } | { readonly url: string }
}

/** A promised call: the data of its own update. */
export interface PromisedCall {
  /** The method of the Bot API. */
  readonly method: string
  /** The parameters, with references in place of files. */
  readonly params: Readonly<Record<string, unknown>>
  /** The files. Default: none. */
  readonly files?: readonly PromisedFile[]
  /** The rule for an unknown outcome. */
  readonly unsure: UnsureRule
}

/** Returns the call that an own update promises; `undefined` for every other update. */
export function promisedCall(update: Update): PromisedCall | undefined {
  const own = ownContent(update)
  // `ctx.later` has put the data of an own update with this name.
  return own?.name === promisedCallName ? (own.data as PromisedCall) : undefined
}
