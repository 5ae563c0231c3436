/** Telegram's words for the mistakes that most programs begin with, and their cures. */
const cures: readonly (readonly [words: RegExp, cure: string])[] = [
  [
    /chat not found/,
    "A bot writes only to people who have pressed Start, and to chats that it is in. Check `chat_id`",
  ],
  [/message text is empty/, "Give `text` at least one character"],
  [/message is too long/, "Split the text: Telegram takes 4,096 characters"],
  [/caption is too long/, "Shorten the caption: Telegram takes 1,024 characters"],
  [
    /query is too old/,
    "Telegram waits some seconds for the answer to a query: answer before slow work",
  ],
]

/** Returns the cure for a refusal in Telegram's words; an empty text where none is known. */
export function adviceOn(description: string): string {
  return cures.find(([words]) => words.test(description))?.[1] ?? ""
}
