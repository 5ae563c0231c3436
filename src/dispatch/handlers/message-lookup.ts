import { type OptionNames, unexpectedOption } from "../../ground/expect-option.js"
import type { MessageType } from "../../telegram/api.js"
import { expectHandlerOptions, handlerOptionNames, type HandlerOptions } from "./handler-options.js"

/** Options of a handler of commands or texts: the updates in which they are recognized. */
export interface MessageLookup<T extends MessageType = MessageType> extends HandlerOptions {
  /**
   * The update types, as in `["message", "channel_post"]`. With `"edited_message"`, each edit of a message
   * runs the handler again; Telegram sends such updates even if the text is unchanged. Default:
   * `["message"]`.
   */
  readonly types?: readonly T[]
  /** Whether captions count, too. Default: `false`. */
  readonly captions?: boolean
}

const messageTypes: Readonly<Record<MessageType, true>> = {
  message: true,
  edited_message: true,
  channel_post: true,
  edited_channel_post: true,
  business_message: true,
  edited_business_message: true,
  guest_message: true,
}

/** The names of the options of a lookup. */
export const lookupOptionNames: OptionNames<MessageLookup> = {
  ...handlerOptionNames,
  types: true,
  captions: true,
}

/**
 * Returns the options with their defaults.
 *
 * @param names the names of the options. Default: {@link lookupOptionNames}
 * @throws TypeError for a wrong option
 */
export function expectLookup(
  options: unknown = {},
  names: Readonly<Record<string, true>> = lookupOptionNames,
): Required<MessageLookup> {
  const { interrupts } = expectHandlerOptions(options, names)
  const { types, captions } = options as MessageLookup
  if (captions !== undefined && typeof captions !== "boolean") {
    unexpectedOption("captions", "true or false", captions)
  }
  const areMessageTypes = (list: readonly string[]) =>
    list.length > 0 && list.every((type) => Object.hasOwn(messageTypes, type))
  if (types !== undefined && (!Array.isArray(types) || !areMessageTypes(types))) {
    unexpectedOption("types", `a list of ${Object.keys(messageTypes).join(", ")}`, types)
  }
  return { types: types ?? ["message"], captions: captions ?? false, interrupts }
}
