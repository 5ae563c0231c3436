import type { Context } from "../dispatch/context/context.js"
import { mountedRouter } from "../dispatch/handlers/mounted-router.js"
import { pressReader } from "../dispatch/handlers/press-source.js"
import { type Mountable, Router } from "../dispatch/handlers/router.js"
import {
  expectDurationMs,
  expectOptionsObject,
  unexpectedOption,
  type OptionNames,
} from "../ground/expect-option.js"
import type { CallbackFieldData, CallbackFields } from "../keyboard/callback-fields.js"
import { DataReader } from "../keyboard/data-reader.js"
import { fieldForm } from "../keyboard/field-form.js"
import type { Message } from "../telegram/types.js"
import type { MenuContent } from "./menu-content.js"
import { definitionOf, type MenuForm, type MenuPress } from "./menu-data.js"
import type { MenuContext, MenuDrawing } from "./menu-drawing.js"
import { MenuReference } from "./menu-reference.js"
import { OpenDrawing } from "./open-drawing.js"
import { showMenu } from "./show-menu.js"

/** A text for the user who has pressed a button, or a function that returns it. */
export type MenuText = string | ((ctx: Context) => string)

/** The options of {@link menu}. */
export interface MenuOptions {
  /**
   * The people who may press the buttons: everybody, or with `"author"` only the user for whose update the menu was
   * sent. A keyed hash in the data of the buttons excludes others. Default: everybody.
   */
  readonly onlyFor?: "author"
  /** The lifetime of data that do not fit into a button, in milliseconds. Default: 30 days. */
  readonly ttlMs?: number
  /** The answer to a press of a button that the menu no longer has. Default: "This menu has changed." */
  readonly changedText?: MenuText
  /** The answer to a press by a user other than the author. Default: "This menu is not for you." */
  readonly otherUserText?: MenuText
  /** The answer if the message can no longer be changed. Default: "This menu is too old." */
  readonly goneText?: MenuText
}

const optionNames: OptionNames<MenuOptions> = {
  onlyFor: true,
  ttlMs: true,
  changedText: true,
  otherUserText: true,
  goneText: true,
}

/** The parameters of a menu, which may be left out if all of them are optional. */
export type MenuArguments<Params> = {} extends Params ? [params?: Params] : [params: Params]

/**
 * A menu: buttons with their handlers, in a message that is drawn again after each press. `router.use` mounts it.
 */
export interface Menu<Params extends object, Extra extends object = {}> extends Mountable<Extra> {
  /** Returns the menu with parameters, for the button of another menu that opens it. */
  (...args: MenuArguments<Params>): MenuReference
  /** The name. */
  readonly name: string
  /** Sends the menu in answer to an update. Rejects with a `TypeError` for a menu without a title. */
  send(ctx: Context & Extra, ...args: MenuArguments<Params>): Promise<Message>
  /** Resolves with the text and the buttons, to send them in another way: under a photo, or in inline mode. */
  draw(ctx: Context & Extra, ...args: MenuArguments<Params>): Promise<MenuContent>
}

/**
 * Defines a menu as a function of its parameters. The function draws the text and the buttons; it is called to send
 * the menu, and at each press to find the button by its key and to draw the menu again.
 *
 * @param name 1 to 31 letters, digits, `_` and `-`, by which the menu of a press is found. The name must not change
 * @param fields the kinds of the parameters, the same as for `callbackData`
 * @param draw draws the menu; a returned promise is awaited
 * @throws TypeError for a wrong name, field or option
 * @see docs/guides/menus.md
 */
export function menu<const Fields extends CallbackFields, Extra extends object = {}>(
  name: string,
  fields: Fields,
  draw: (m: MenuDrawing<Extra>, params: CallbackFieldData<Fields>, ctx: Context & Extra) => unknown,
  options: MenuOptions = {},
): Menu<CallbackFieldData<Fields>, Extra> {
  if (typeof draw !== "function") unexpectedOption("draw", "a function", draw)
  const form = menuForm(name, fields, options)
  // The router on which the menu is mounted passes contexts with its values, and the parameters have the
  // fields' types.
  const defined = new DefinedMenu(form, draw as DrawFunction, options)
  const made = (params: object = {}) => new MenuReference(defined, params)
  Object.defineProperty(made, "name", { value: name })
  return Object.assign(made, {
    send: (ctx: Context, params = {}) => defined.send(ctx, params),
    draw: (ctx: Context, params = {}) => defined.contentOf(ctx, params),
    [mountedRouter]: () => defined.mount(),
  }) as unknown as Menu<CallbackFieldData<Fields>, Extra>
}

type DrawFunction = (m: MenuDrawing, params: object, ctx: Context) => unknown

/** A menu as it was defined: draws its message, and handles the presses of its buttons. */
class DefinedMenu {
  readonly form: MenuForm
  isMounted = false
  readonly #draw: DrawFunction
  readonly #options: MenuOptions
  readonly #router = new Router()

  constructor(form: MenuForm, draw: DrawFunction, options: MenuOptions) {
    this.form = form
    this.#draw = draw
    this.#options = options
    const reader = new DataReader(definitionOf(form))
    const source = { [pressReader]: reader.readerOf(() => true) }
    this.#router.callbackQuery(source, (ctx) => this.#onPress(ctx, ctx.data))
    const foreign = { [pressReader]: reader.foreignReader() }
    const { otherUserText = "This menu is not for you." } = options
    this.#router.callbackQuery(foreign, (ctx) => ctx.answer(textOf(otherUserText, ctx)))
  }

  mount(): Router {
    this.isMounted = true
    return this.#router
  }

  async send(ctx: Context, params: object): Promise<Message> {
    const { text, options, reply_markup } = await this.contentOf(ctx, params)
    if (text !== undefined) return ctx.reply(text, { ...options, reply_markup })
    throw new TypeError(
      `Expected the menu ${this.form.name} to have a title: call \`m.title\`, or send the result of \`draw\`.`,
    )
  }

  async contentOf(ctx: Context, params: object): Promise<MenuContent> {
    return (await this.#drawn(ctx, { params, trail: [] })).content
  }

  async #onPress(ctx: MenuContext, { key, ...place }: MenuPress): Promise<void> {
    const before = await this.#drawn(ctx, place)
    if (key === undefined) return this.#show(ctx, before, undefined)
    const handler = before.handlerOf(key)
    const { changedText = "This menu has changed." } = this.#options
    if (!handler) return this.#show(ctx, before, textOf(changedText, ctx))
    await handler(ctx)
    const isShown = await showMenu(ctx, (await this.#drawn(ctx, place)).content)
    if (!isShown) await this.#answerGone(ctx)
  }

  /** Shows the menu, and answers a press for which no handler is called. */
  async #show(ctx: MenuContext, { content }: OpenDrawing, text: string | undefined): Promise<void> {
    if (!(await showMenu(ctx, content))) return this.#answerGone(ctx)
    await ctx.respond("answerCallbackQuery", { ...(text !== undefined && { text }) })
  }

  async #answerGone(ctx: MenuContext): Promise<void> {
    const { goneText = "This menu is too old." } = this.#options
    await ctx.respond("answerCallbackQuery", { text: textOf(goneText, ctx) })
  }

  async #drawn(ctx: Context, place: Omit<MenuPress, "key">): Promise<OpenDrawing> {
    const drawing = new OpenDrawing(this.form, ctx, place)
    await this.#draw(drawing.builder, place.params, ctx)
    return drawing
  }
}

function textOf(text: MenuText, ctx: Context): string {
  return typeof text === "function" ? text(ctx) : text
}

function menuForm(name: string, fields: CallbackFields, options: MenuOptions): MenuForm {
  expectOptionsObject(options, "menu(name, fields, draw, { ttlMs })", optionNames)
  const { onlyFor, ttlMs = 30 * 24 * 3_600_000 } = options
  if (typeof name !== "string" || !/^[\w-]{1,31}$/.test(name)) {
    unexpectedOption("name", "1 to 31 letters, digits, `_` and `-`", name)
  }
  if (onlyFor !== undefined && onlyFor !== "author")
    unexpectedOption("onlyFor", '"author"', onlyFor)
  if (typeof fields !== "object" || fields === null) {
    unexpectedOption("fields", "an object of kinds", fields)
  }
  const isSigned = onlyFor === "author"
  return { name, fields: fieldForm(fields), ttlMs: expectDurationMs("ttlMs", ttlMs), isSigned }
}
