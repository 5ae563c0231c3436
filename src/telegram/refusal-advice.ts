/** Advice on frequent errors, each with a pattern that matches Telegram's description of the error. */
const adviceByPattern: readonly (readonly [description: RegExp, advice: string])[] = [
  [
    /chat not found/,
    "A bot can only write to users who have started it, and to chats that it is a member of. Check `chat_id`",
  ],
  [/message text is empty/, "Give `text` at least one character"],
  [/message is too long/, "Split the text: Telegram accepts 4,096 characters"],
  [/caption is too long/, "Shorten the caption: Telegram accepts 1,024 characters"],
  [
    /can't parse entities/,
    "Escape the values in a text with `parse_mode`, or make the text with `fmt` of sounder/text",
  ],
  [
    /query is too old/,
    "Telegram accepts the answer to a query for some seconds only: answer the query before slow work",
  ],
  [
    /field "inline_keyboard" (?:of the InlineKeyboardMarkup )?must be/i,
    "`inline_keyboard` is a list of rows, each a list of buttons, as in `[[{ text, callback_data }]]`",
  ],
  [
    /field "keyboard" must be/i,
    '`keyboard` is a list of rows, each a list of buttons, as in `[["Yes", "No"]]`',
  ],
  [
    /object expected as reply markup/,
    "`reply_markup` is an object, as in `{ inline_keyboard: [[{ text, callback_data }]] }`",
  ],
  [
    /InlineKeyboardButton must be an Object/,
    "A button of `inline_keyboard` is an object, as in `{ text, callback_data }`",
  ],
  [
    /Text buttons are unallowed in the inline keyboard/,
    "A button of `inline_keyboard` needs a field next to `text`, such as `callback_data` or `url`",
  ],
  [/BUTTON_DATA_INVALID/, "`callback_data` has at most 64 bytes"],
  [
    /message is not modified/,
    "The message has this text and this keyboard already: edit it only if one of them changes",
  ],
  [
    /there is no text in the message to edit/,
    "The message has a file: edit its caption with `editMessageCaption`",
  ],
]

/** Returns the advice on an error with the given description; an empty string if there is none. */
export function adviceOn(description: string): string {
  return adviceByPattern.find(([pattern]) => pattern.test(description))?.[1] ?? ""
}
