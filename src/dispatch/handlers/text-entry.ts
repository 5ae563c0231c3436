import { unexpectedOption } from "../../ground/expect-option.js"
import type { Message } from "../../telegram/types.js"
import { updateMessage } from "../../telegram/update-facts.js"
import { type HandlerEntry, patternMatcher } from "./handler-entry.js"
import { expectLookup } from "./message-lookup.js"

/** The beginning of the keys of texts and of captions. No command has a key with a colon like these. */
const [textPrefix, captionPrefix] = ["text:", "caption text:"]

/**
 * Returns the conditions of a handler of exact texts or of a pattern, as a part of its entry.
 *
 * @throws TypeError for a wrong text or option
 */
export function textConditions(
  texts: unknown,
  options: unknown,
): Pick<HandlerEntry, "types" | "keys"> & Partial<HandlerEntry> {
  const { types, captions, interrupts } = expectLookup(options)
  const common: Partial<HandlerEntry> = { interrupts, ...(!captions && { needsText: true }) }
  if (texts instanceof RegExp) {
    const matchPattern = patternMatcher(texts, (update) => {
      const message = updateMessage(update)
      return message?.text ?? (captions ? message?.caption : undefined)
    })
    return { types, keys: undefined, ...common, matchPattern }
  }
  const list: readonly unknown[] = Array.isArray(texts) ? texts : [texts]
  if (list.length === 0 || !list.every(isFullText)) {
    unexpectedOption("text", "a string that is not empty, several such strings, or a RegExp", texts)
  }
  const keysOf = (text: string) =>
    captions ? [textPrefix + text, captionPrefix + text] : [textPrefix + text]
  return { types, keys: list.flatMap(keysOf), ...common }
}

/** Returns the key of a message's text or caption, by which the handlers of exact texts are found. */
export function textKey(message: Message | undefined): string | undefined {
  if (!message) return undefined
  // Updates are unchecked: a text may be of another type.
  const { text, caption }: { text?: unknown; caption?: unknown } = message
  if (typeof text === "string") return textPrefix + text
  return typeof caption === "string" ? captionPrefix + caption : undefined
}

/** Returns the text of a key; `undefined` for the key of a command. */
export function textOfKey(key: string): string | undefined {
  const prefix = [textPrefix, captionPrefix].find((candidate) => key.startsWith(candidate))
  return prefix === undefined ? undefined : key.slice(prefix.length)
}

function isFullText(text: unknown): text is string {
  return typeof text === "string" && text !== ""
}
