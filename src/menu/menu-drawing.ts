import type { Context } from "../dispatch/context/context.js"
import type { UpdateOf } from "../dispatch/context/narrowed.js"
import { expectInteger, unexpectedOption } from "../ground/expect-option.js"
import type { ButtonLook, InlineButtons } from "../keyboard/inline-buttons.js"
import type { Arrangement } from "../keyboard/inline-keyboard.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type {
  InlineKeyboardButton,
  LinkPreviewOptions,
  MessageEntity,
  ParseMode,
} from "../telegram/types.js"
import type { MenuReference } from "./menu-reference.js"

/** The context of the handler of a menu's button. */
export type MenuContext<Extra extends object = {}> = Context<UpdateOf<"callback_query">> & Extra

/** The key of a button within its menu: a string, or a string with arguments. */
export type MenuKey = string | readonly [name: string, ...args: (string | number)[]]

/** The arguments in a key. */
export type MenuKeyArguments<Key extends MenuKey> = Key extends readonly [string, ...infer Args]
  ? Args
  : []

/** The options of a menu's text, as Telegram names them. */
export interface MenuTitleOptions {
  /** The formatting marks in the text. Default: none. */
  readonly parse_mode?: ParseMode
  /** The formatted parts of the text. Default: none. */
  readonly entities?: MessageEntity[]
  /** The preview of links in the text. Default: Telegram's. */
  readonly link_preview_options?: LinkPreviewOptions
}

/** The place in a list of pages. */
export interface MenuPages {
  /** The number of the shown page, from 0. */
  readonly page: number
  /** The number of pages. */
  readonly of: number
  /** The name of the menu's parameter with the number of the page. Default: `"page"`. */
  readonly param?: string
}

/**
 * A menu that is being drawn: its text and its buttons. Each method returns the drawing.
 *
 * `Extra` are the derived values on the context of the router on which the menu is mounted.
 */
export interface MenuDrawing<Extra extends object = {}>
  extends InlineButtons, Arrangement<InlineKeyboardButton> {
  /** Sets the text of the message. Without a title, only the buttons are drawn. */
  title(text: string | FormattedText, options?: MenuTitleOptions): this
  /**
   * Adds a button with its handler. After the handler, the menu is drawn again.
   *
   * @param key the key by which the button is found when it is pressed, unique within the menu
   * @param handler a function that gets the context of the press, and the arguments of the key
   */
  text<const Key extends MenuKey>(
    text: string,
    key: Key,
    handler: (ctx: MenuContext<Extra>, ...args: MenuKeyArguments<Key>) => unknown,
    look?: ButtonLook,
  ): this
  /** Adds a button that shows another menu, or this one with other parameters, in place of this one. */
  open(text: string, menu: MenuReference, look?: ButtonLook): this
  /**
   * Adds a button that shows the menu from which this one was opened. Without such a menu, adds none. A person
   * can go back by at most 20 steps. Default of `text`: "Back".
   */
  back(text?: string, look?: ButtonLook): this
  /** Adds buttons that show the page before, the number of the page, and the page after, if there are several. */
  pages(pages: MenuPages): this
}

/** Checks the pages of {@link MenuDrawing.pages}, and returns them. */
export function expectPages({ page, of, param = "page" }: MenuPages): Required<MenuPages> {
  expectInteger("page", page, 0, Number.MAX_SAFE_INTEGER)
  expectInteger("of", of, 0, Number.MAX_SAFE_INTEGER)
  if (typeof param !== "string") unexpectedOption("param", "the name of a parameter", param)
  return { page, of, param }
}
