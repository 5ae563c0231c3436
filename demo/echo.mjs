// @ts-check

/**
 * Prints the conversations of a bot, a line for each message, press, edit and answer to a press.
 *
 * @param {import("sounder").Updater} updater
 */
export function echo({ bot, dispatcher }) {
  dispatcher.use((ctx, next) => {
    const said = words(ctx.update)
    if (said !== undefined) print(ctx.from?.first_name ?? "?", said)
    return next()
  })
  bot.use((call, next) => {
    const text = /** @type {{ text?: string }} */ (call.params)?.text
    if (text !== undefined) print("Bot", `${text}${notes[call.method] ?? ""}`)
    return next()
  })
}

/** @type {Readonly<Record<string, string>>} */
const notes = { editMessageText: " (an edit)", answerCallbackQuery: " (on the screen)" }

/** @param {import("sounder").Update} update */
function words({ message, callback_query: press }) {
  if (message) return message.text ?? "(a message without text)"
  if (!press?.message || !("reply_markup" in press.message)) return undefined
  const buttons = press.message.reply_markup?.inline_keyboard.flat() ?? []
  const pressed = buttons.find(
    (button) => "callback_data" in button && button.callback_data === press.data,
  )
  return `[${pressed?.text ?? press.data}]`
}

/**
 * @param {string} name
 * @param {string} text
 */
function print(name, text) {
  console.log(`${name.padEnd(5)} ${text}`)
}
