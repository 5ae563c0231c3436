import { unexpectedOption } from "../ground/expect-option.js"
import type { InlineKeyboardButton, InlineKeyboardMarkup } from "../telegram/types.js"
import { ButtonRows } from "./button-rows.js"
import { expectData, expectLabel } from "./button-text.js"
import { type ButtonLook, type InlineButtons, inlineButtonMethods } from "./inline-buttons.js"
import { plainBuilder } from "./plain-builder.js"

/** Methods that arrange the buttons of a keyboard. */
export interface Arrangement<Button> {
  /** Begins a row, and adds these buttons of Telegram to it, if there are any. */
  row(...buttons: readonly Button[]): this
  /** Begins a row. From here on, a row has at most `count` buttons. */
  columns(count: number): this
  /** Adds buttons of Telegram. */
  add(...buttons: readonly Button[]): this
  /** Adds the rows of another keyboard; the next button begins a row. */
  addRows(rows: readonly (readonly Button[])[]): this
  /** Calls a function with the keyboard if the condition is truthy. */
  when(condition: unknown, change: (keyboard: this) => unknown): this
}

/**
 * An inline keyboard under construction. The keyboard is a plain object of Telegram's type, so that it can be
 * sent and stored as it is. Its methods change the keyboard and return it.
 */
export interface InlineKeyboard
  extends InlineKeyboardMarkup, InlineButtons, Arrangement<InlineKeyboardButton> {
  /**
   * Adds a button whose press sends data to the bot.
   *
   * @param callback_data 1 to 64 bytes: a string, or the result of a factory of `callbackData`
   */
  text(text: string, callback_data: string, look?: ButtonLook): this
}

/** The limits of Telegram's server for inline keyboards. */
export const inlineLimits = { columns: 8, buttons: 100 }

/**
 * Returns a new inline keyboard: the buttons under a message.
 *
 * A row has at most 8 buttons; the next button begins a new row. A method throws a `TypeError` for a text or data
 * that Telegram refuses, and for more than 100 buttons.
 *
 * @param options.force_reply whether the reply interface is shown, too. Default: `false`.
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { inlineKeyboard } from "sounder/keyboard"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * dispatcher.command("start", (ctx) =>
 *   ctx.reply("Do you agree?", {
 *     reply_markup: inlineKeyboard()
 *       .text("Yes", "yes", { style: "success" })
 *       .text("No", "no")
 *       .row()
 *       .url("Rules", "https://example.com/rules"),
 *   }),
 * )
 * ```
 * @see docs/guides/keyboards.md
 */
export function inlineKeyboard(
  options: Pick<InlineKeyboardMarkup, "force_reply"> = {},
): InlineKeyboard {
  const rows = new ButtonRows<InlineKeyboardButton>(inlineLimits)
  const keyboard = plainBuilder(
    { inline_keyboard: rows.rows, ...options },
    {
      ...inlineButtonMethods((button) => rows.add(button)),
      ...arrangementMethods(rows, () => keyboard),
      text: (text: string, data: string, look?: ButtonLook) =>
        rows.add({ text: expectLabel(text), callback_data: expectData(data), ...look }),
    },
  )
  // These are the members and methods of the type.
  return keyboard as InlineKeyboard
}

/** Returns the methods of {@link Arrangement}. */
export function arrangementMethods<Button>(
  rows: ButtonRows<Button>,
  keyboard: () => unknown,
): Readonly<Record<string, (...args: never[]) => void>> {
  return {
    row: (...buttons: Button[]) => {
      rows.beginRow()
      for (const button of buttons) rows.add(button)
    },
    columns: (count: number) => rows.setColumns(count),
    add: (...buttons: Button[]) => {
      for (const button of buttons) rows.add(button)
    },
    addRows: (added: Button[][]) => rows.addRows(added),
    when: (condition: unknown, change: (keyboard: unknown) => unknown) => {
      if (typeof change !== "function") unexpectedOption("change", "a function", change)
      if (condition) change(keyboard())
    },
  }
}
