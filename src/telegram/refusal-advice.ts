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
]

/** Returns the advice on an error with the given description; an empty string if there is none. */
export function adviceOn(description: string): string {
  return adviceByPattern.find(([pattern]) => pattern.test(description))?.[1] ?? ""
}
