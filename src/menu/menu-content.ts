import type { FormattedText } from "../telegram/formatted-text.js"
import type { InlineKeyboardMarkup, Message, MessageEntity } from "../telegram/types.js"
import type { MenuTitleOptions } from "./menu-drawing.js"

/** The content of a menu's message. */
export interface MenuContent {
  /** The text; `undefined` for a menu that has only buttons. */
  readonly text: string | FormattedText | undefined
  /** The options of the text, as Telegram names them. */
  readonly options: MenuTitleOptions
  /** The buttons. */
  readonly reply_markup: InlineKeyboardMarkup
}

/** The kinds of entities that Telegram finds in a text by itself. */
const foundKinds = new Set<MessageEntity["type"]>([
  ...(["mention", "hashtag", "cashtag", "bot_command"] as const),
  ...(["url", "email", "phone_number"] as const),
])

/**
 * Returns whether a message certainly shows a content already. A text with `parse_mode` cannot be compared, because
 * Telegram sends messages without their formatting marks.
 */
export function shows(message: Message, { text, options, reply_markup }: MenuContent): boolean {
  const { inline_keyboard } = message.reply_markup ?? { inline_keyboard: [] }
  if (!isEqual(inline_keyboard, reply_markup.inline_keyboard)) return false
  if (text === undefined) return true
  if (options.parse_mode || options.link_preview_options) return false
  const [shown, entities] = [message.text ?? message.caption, entitiesOf(message)]
  const wanted = typeof text === "string" ? { text, entities: options.entities ?? [] } : text
  return shown === wanted.text.trim() && isEqual(entities, [...wanted.entities])
}

function entitiesOf({ entities, caption_entities }: Message): MessageEntity[] {
  return (entities ?? caption_entities ?? []).filter(({ type }) => !foundKinds.has(type))
}

/** Compares two values of JSON, regardless of the order of their members. */
function isEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return one === other
  }
  const [names, others] = [Object.keys(one), Object.keys(other)]
  return (
    names.length === others.length &&
    names.every((name) => isEqual(Reflect.get(one, name), Reflect.get(other, name)))
  )
}
