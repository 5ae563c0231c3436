import type { Update } from "../../telegram/types.js"
import { updateMessage } from "../../telegram/update-facts.js"
import { commandKey, type CommandText } from "../context/command-text.js"
import { prefixKeyOf } from "./press-key.js"
import { textKey } from "./text-entry.js"

const noKeys: readonly string[] = []

/**
 * Returns the keys by which the handlers of an update are found: the name of an own update, the data of a press
 * and their prefix, the command and the text of a message.
 *
 * @param found.command the command at the beginning of the message, if it is addressed to this bot
 * @param found.ownName the name of an own update
 * @param found.hasTextKeys whether a handler has an exact text as a key
 */
export function updateKeys(
  update: Update,
  found: {
    readonly command: CommandText | undefined
    readonly ownName?: string | undefined
    readonly hasTextKeys: boolean
  },
): readonly string[] {
  const { command, ownName, hasTextKeys } = found
  const { data } = update.callback_query ?? {}
  if (data !== undefined) return pressKeys(data)
  const key = command ? commandKey(command.name, command.isCaption) : ownName
  const text = hasTextKeys ? textKey(updateMessage(update)) : undefined
  if (text === undefined) return key === undefined ? noKeys : [key]
  return key === undefined ? [text] : [key, text]
}

function pressKeys(data: string): readonly string[] {
  const prefix = prefixKeyOf(data)
  return prefix === undefined ? [data] : [data, prefix]
}
