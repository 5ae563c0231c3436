import type {
  InlineKeyboardButton,
  LoginUrl,
  SwitchInlineQueryChosenChat,
} from "../telegram/types.js"
import { unexpectedOption } from "../ground/expect-option.js"
import { expectLabel } from "./button-text.js"

/** The colour and the icon of a button. */
export interface ButtonLook {
  /** The colour: red, green or blue. Default: the app's colour. */
  readonly style?: "danger" | "success" | "primary"
  /**
   * The id of a custom emoji in front of the text. Telegram permits it to bots with a username from Fragment, and
   * in some chats to bots whose owner has Premium. Default: none.
   */
  readonly icon_custom_emoji_id?: string
}

/** Methods that add buttons whose press sends no data to the bot, under the names of Telegram's fields. */
export interface InlineButtons {
  /** Adds a button that opens a URL. */
  url(text: string, url: string, look?: ButtonLook): this
  /** Adds a button that opens a Web App, in a private chat. */
  webApp(text: string, url: string, look?: ButtonLook): this
  /** Adds a button that opens a URL, and logs the user in there. */
  loginUrl(text: string, login_url: string | LoginUrl, look?: ButtonLook): this
  /** Adds a button that lets the user choose a chat for an inline query. Default of `query`: an empty one. */
  switchInlineQuery(text: string, query?: string, look?: ButtonLook): this
  /** Adds a button that begins an inline query in the same chat. Default of `query`: an empty one. */
  switchInlineQueryCurrentChat(text: string, query?: string, look?: ButtonLook): this
  /** Adds a button that lets the user choose a chat of some types for an inline query. */
  switchInlineQueryChosenChat(
    text: string,
    chosen: SwitchInlineQueryChosenChat,
    look?: ButtonLook,
  ): this
  /** Adds a button that copies a text of 1 to 256 characters. */
  copyText(text: string, copied: string, look?: ButtonLook): this
  /** Adds the button that starts a game. The button must be the first one. */
  callbackGame(text: string, look?: ButtonLook): this
  /** Adds the button that pays an invoice. The button must be the first one. */
  pay(text: string, look?: ButtonLook): this
  /** Adds a button that does nothing. */
  disabled(text: string, look?: ButtonLook): this
}

type Arguments<Name extends keyof InlineButtons> = Parameters<InlineButtons[Name]>

/** Returns the methods of {@link InlineButtons}, which pass the buttons on to `add`. */
export function inlineButtonMethods(add: (button: InlineKeyboardButton) => void): {
  readonly [Name in keyof InlineButtons]: (...args: Arguments<Name>) => void
} {
  const text = expectLabel
  return {
    url: (label, url, look) => add({ text: text(label), url, ...look }),
    webApp: (label, url, look) => add({ text: text(label), web_app: { url }, ...look }),
    loginUrl: (label, login, look) => {
      const login_url = typeof login === "string" ? { url: login } : login
      add({ text: text(label), login_url, ...look })
    },
    switchInlineQuery: (label, query = "", look) =>
      add({ text: text(label), switch_inline_query: query, ...look }),
    switchInlineQueryCurrentChat: (label, query = "", look) =>
      add({ text: text(label), switch_inline_query_current_chat: query, ...look }),
    switchInlineQueryChosenChat: (label, chosen, look) =>
      add({ text: text(label), switch_inline_query_chosen_chat: chosen, ...look }),
    copyText: (label, copied, look) =>
      add({ text: text(label), copy_text: { text: expectCopied(copied) }, ...look }),
    callbackGame: (label, look) => add({ text: text(label), callback_game: {}, ...look }),
    pay: (label, look) => add({ text: text(label), pay: true, ...look }),
    disabled: (label, look) => add({ text: text(label), disabled: {}, ...look }),
  }
}

function expectCopied(copied: unknown): string {
  if (typeof copied === "string" && copied !== "" && copied.length <= 256) return copied
  return unexpectedOption("copied", "a string of 1 to 256 characters", copied)
}
