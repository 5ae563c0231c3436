import type { Context } from "../dispatch/context/context.js"
import { unexpectedOption } from "../ground/expect-option.js"
import { ButtonRows } from "../keyboard/button-rows.js"
import { expectLabel } from "../keyboard/button-text.js"
import { type ButtonLook, inlineButtonMethods } from "../keyboard/inline-buttons.js"
import { arrangementMethods, inlineLimits } from "../keyboard/inline-keyboard.js"
import { plainBuilder } from "../keyboard/plain-builder.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { InlineKeyboardButton } from "../telegram/types.js"
import { type MenuForm, type MenuPress, packPress, type TrailEntry } from "./menu-data.js"
import {
  expectPages,
  type MenuContext,
  type MenuDrawing,
  type MenuKey,
  type MenuPages,
  type MenuTitleOptions,
} from "./menu-drawing.js"
import type { MenuContent } from "./menu-content.js"
import { MenuReference } from "./menu-reference.js"

/**
 * The largest number of steps to go back. Without a limit, a person who opens menus in a circle makes the data
 * grow.
 */
const maxSteps = 20

/** The handler of a button, called with the arguments of the button's key. */
export type PressHandler = (ctx: MenuContext) => unknown

/** A drawing for one update, with the handlers of its buttons by key. */
export class OpenDrawing {
  readonly #form: MenuForm
  readonly #ctx: Context
  readonly #place: Omit<MenuPress, "key">
  /** The packed parameters. */
  readonly #params: string
  readonly #rows = new ButtonRows<InlineKeyboardButton>(inlineLimits)
  readonly #handlers = new Map<string, PressHandler>()
  #title: Pick<MenuContent, "text" | "options"> = { text: undefined, options: {} }

  constructor(form: MenuForm, ctx: Context, place: Omit<MenuPress, "key">) {
    this.#form = form
    this.#ctx = ctx
    this.#place = place
    this.#params = form.fields.pack(place.params)
  }

  /** The content of the message. */
  get content(): MenuContent {
    return { ...this.#title, reply_markup: { inline_keyboard: this.#rows.rows } }
  }

  /** Returns the handler of a button; `undefined` if no button has the key. */
  handlerOf(key: string): PressHandler | undefined {
    return this.#handlers.get(key)
  }

  /** Returns the object that the function of the menu draws on. */
  get builder(): MenuDrawing {
    const drawing = plainBuilder(
      {},
      {
        ...inlineButtonMethods((button) => this.#rows.add(button)),
        ...arrangementMethods(this.#rows, () => drawing),
        title: (text: string | FormattedText, options: MenuTitleOptions = {}) => {
          this.#title = { text, options }
        },
        text: (...args: Parameters<OpenDrawing["addButton"]>) => this.addButton(...args),
        open: (text: string, menu: MenuReference, look?: ButtonLook) =>
          this.#open(text, menu, look),
        back: (text = "Back", look?: ButtonLook) => this.#back(text, look),
        pages: (pages: MenuPages) => this.#addPages(pages),
      },
    )
    // These are the methods of the type.
    return drawing as MenuDrawing
  }

  /** Adds a button with a handler. */
  addButton(
    text: string,
    key: MenuKey,
    handler: (ctx: MenuContext, ...args: never[]) => unknown,
    look?: ButtonLook,
  ): void {
    if (typeof handler !== "function") unexpectedOption("handler", "a function", handler)
    const [keyText, args] = keyAndArguments(key)
    if (this.#handlers.has(keyText)) {
      throw new TypeError(
        `Expected one button with the key ${JSON.stringify(key)} in the menu ${this.#form.name}, got two.`,
      )
    }
    // The key contains the arguments, and the type of the handler is derived from the key.
    this.#handlers.set(keyText, (ctx) => handler(ctx, ...(args as never[])))
    const { trail } = this.#place
    this.#add(text, this.#form, { key: keyText, params: this.#params, trail }, look)
  }

  #open(text: string, menu: MenuReference, look: ButtonLook | undefined): void {
    if (!(menu instanceof MenuReference)) {
      unexpectedOption("menu", "a menu with its parameters, as in `settings({ page: 0 })`", menu)
    }
    const { form, params } = menu.packed()
    const { name, isSigned } = this.#form
    const here: TrailEntry = { name, isSigned, params: this.#params }
    // The same menu with other parameters is not a step to go back to.
    const further = form === this.#form ? this.#place.trail : [here, ...this.#place.trail]
    const trail = further.slice(0, maxSteps)
    this.#add(text, form, { key: undefined, params, trail }, look)
  }

  #back(text: string, look: ButtonLook | undefined): void {
    const [nearest, ...trail] = this.#place.trail
    if (nearest) this.#add(text, nearest, { key: undefined, params: nearest.params, trail }, look)
  }

  #addPages(pages: MenuPages): void {
    const { page, of, param } = expectPages(pages)
    if (of <= 1) return
    const shown = Math.min(page, of - 1)
    const add = (text: string, number: number) => {
      const params = this.#form.fields.pack({ ...this.#place.params, [param]: number })
      const { trail } = this.#place
      this.#add(text, this.#form, { key: undefined, params, trail })
    }
    if (shown > 0) add("‹", shown - 1)
    this.#rows.add({ text: `${shown + 1} / ${of}`, disabled: {} })
    if (shown < of - 1) add("›", shown + 1)
  }

  #add(
    text: string,
    menu: Pick<MenuForm, "name" | "isSigned">,
    press: Parameters<typeof packPress>[1],
    look?: ButtonLook,
  ): void {
    const callback_data = packPress(menu, press, this.#ctx, this.#form.ttlMs)
    this.#rows.add({ text: expectLabel(text), callback_data, ...look })
  }
}

/** Returns the text of a key, and its arguments. */
function keyAndArguments(key: MenuKey): [text: string, args: readonly (string | number)[]] {
  const [name, ...args] = typeof key === "string" ? [key] : Array.isArray(key) ? key : []
  const isArgument = (arg: unknown) => typeof arg === "string" || Number.isFinite(arg)
  if (typeof name !== "string" || name === "" || !args.every(isArgument)) {
    unexpectedOption("key", "a string, or a list of a string and its arguments", key)
  }
  return [args.length === 0 ? name : JSON.stringify([name, ...args.map(String)]), args]
}
