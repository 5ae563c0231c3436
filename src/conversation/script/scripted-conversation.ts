import type { Context } from "../../dispatch/context/context.js"
import type { ErrorHandler } from "../../dispatch/handlers/handler.js"
import { Router } from "../../dispatch/handlers/router.js"
import { withTypes } from "../../dispatch/filters/filter.js"
import type { Removable } from "../../ground/removable.js"
import type { UpdateQueue } from "../../queue/update-queue.js"
import type { SessionKey, SessionPlace } from "../../session/session-key.js"
import { spaceOf } from "../conversation-form.js"
import { keyRule } from "../conversation-options.js"
import { findDialog, ownData } from "../dialog-place.js"
import { OpenScript } from "./open-script.js"
import { ScriptAt } from "./script-at.js"
import type { ScriptDialogValues } from "./script-dialog.js"
import type { ScriptForm } from "./script-form.js"
import {
  type Script,
  scriptFormOf,
  type ScriptOptions,
  type SessionValues,
} from "./script-options.js"
import type { ScriptSession } from "./script-sessions.js"
import { scriptOf, ScriptView } from "./script-view.js"

/**
 * A dialog of several steps with a user, as a function that waits for answers. Its record is part of the queue's
 * state, and is committed with the end of the update that continues it.
 *
 * An update goes to the first handler that matches: of `first`, of `entryPoints` if no dialog is open, of the
 * script if it waits for the update, of `fallbacks`. Otherwise it goes to the handlers after the conversation.
 *
 * @example
 * ```ts
 * import { filters, Updater } from "sounder"
 * import { ScriptedConversation } from "sounder/conversation"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * const register = new ScriptedConversation("register", async (talk, ctx) => {
 *   const name = await talk.ask("Your name?")
 *   await ctx.reply(`A photo, ${name}?`)
 *   const { message } = await talk.waitFor(filters.photo)
 *   const number = await talk.step("save", () => save(name, message.photo))
 *   await ctx.reply(`You are number ${number}.`)
 * })
 * register.entryPoints.command("register", (ctx) => ctx.dialog.enter())
 * register.fallbacks.command("cancel", (ctx) => ctx.dialog.end())
 * register.mount(dispatcher)
 *
 * async function save(name: string, photo: unknown) {
 *   return photo ? name.length : 0
 * }
 * ```
 * @see docs/guides/conversation.md
 */
export class ScriptedConversation<
  Data extends object = {},
  const Sessions extends readonly ScriptSession[] = readonly [],
> {
  /** The name. */
  readonly name: string
  /** The handlers that get an update before all others while a dialog is open. */
  readonly first = new Router<ScriptDialogValues<Data>>()
  /** The handlers that get an update while no dialog is open. */
  readonly entryPoints = new Router<ScriptDialogValues<Data>>()
  /** The handlers that get an update of an open dialog that the script does not wait for. */
  readonly fallbacks = new Router<ScriptDialogValues<Data>>()
  readonly #form: ScriptForm
  readonly #key: SessionKey
  readonly #isReentrant: boolean
  readonly #root = new Router()
  readonly #scope: Router<ScriptDialogValues<Data>>

  /**
   * @param name the name, which is stored with each dialog and must not change
   * @throws TypeError for a wrong option
   */
  constructor(
    name: string,
    script: Script<Data, SessionValues<Sessions>>,
    options: ScriptOptions<Data, Sessions> = {},
  ) {
    this.#form = scriptFormOf(name, script, options)
    this.name = name
    this.#key = keyRule(options.per)
    this.#isReentrant = options.reentry ?? false
    this.#scope = this.#mountScope()
  }

  /** Registers an error handler, as `router.catch` does. The handler can end the dialog. */
  catch(handler: ErrorHandler<ScriptDialogValues<Data>>): Removable {
    return this.#scope.catch(handler)
  }

  /** Mounts the conversation on a router, at the place of this call among the router's handlers. */
  mount<Extra extends object>(router: Router<Extra>): Removable {
    return router.use(this.#root)
  }

  /**
   * Returns the dialog of a place, for access outside of handlers.
   *
   * @throws TypeError for a queue without state, and for a place without the ids of the key
   */
  at(queue: UpdateQueue, place: SessionPlace): ScriptAt<Data> {
    return new ScriptAt(this.#form, this.#key, queue, place)
  }

  #mountScope(): Router<ScriptDialogValues<Data>> {
    const { name } = this.#form
    const scope = this.#root.derive<{ dialog: ScriptView }>({
      derive: async (ctx) => ({ dialog: new ScriptView(name, ctx, await this.#open(ctx)) }),
      beforeDone: (_ctx, { dialog }) => dialog.settle(),
      afterFailure: (_ctx, { dialog }) => dialog.onFailure(),
    })
    scope.event(spaceOf(this.#form), (ctx) => ctx.dialog.onOwn(ownData(ctx.own.data)))
    // A view has the data of its conversation, whose type it does not know.
    const typed = scope as unknown as Router<ScriptDialogValues<Data>>
    this.#mountParts(scope, typed)
    return typed
  }

  #mountParts(
    scope: Router<{ dialog: ScriptView }>,
    typed: Router<ScriptDialogValues<Data>>,
  ): void {
    const ifOpen = (ctx: Context) => (scriptOf(ctx).isOpen ? "open" : undefined)
    const entry = (ctx: Context) => this.#entry(ctx)
    typed.route(ifOpen, { open: this.first })
    typed.route(entry, { entry: this.entryPoints })
    const answer = this.#routerOf((ctx) => scriptOf(ctx).answer())
    scope.route((ctx) => ctx.dialog.answering(), { answer })
    typed.route(ifOpen, { open: this.fallbacks })
    const ended = this.#routerOf(async (ctx, next) => {
      scriptOf(ctx).endChanged()
      await next()
    })
    scope.route((ctx) => ctx.dialog.afterwards(), {
      otherwise: this.#routerOf((ctx) => scriptOf(ctx).otherwise(ctx)),
      restart: this.#routerOf((ctx) => scriptOf(ctx).restart()),
      setAside: this.#routerOf((ctx) => scriptOf(ctx).setAside()),
      end: ended,
    })
    const entryAfterEnd = (ctx: Context) => (scriptOf(ctx).hasEndedChanged ? "entry" : undefined)
    typed.route(entryAfterEnd, { entry: this.entryPoints })
  }

  /** Returns a router that passes each update which can be an answer to a handler. */
  #routerOf(
    handler: (ctx: Context, next: () => Promise<void>) => Promise<void>,
  ): Router<{ dialog: ScriptView }> {
    const router = new Router<{ dialog: ScriptView }>()
    router.on(
      withTypes(this.#form.updateTypes, () => true),
      handler,
    )
    return router
  }

  #entry(ctx: Context): "entry" | undefined {
    const { isPossible, isOpen } = scriptOf(ctx)
    return isPossible && (!isOpen || this.#isReentrant) ? "entry" : undefined
  }

  async #open(ctx: Context): Promise<OpenScript | undefined> {
    const place = await findDialog(this.#form, this.#key, ctx)
    return place && OpenScript.read(this.#form, ctx, place)
  }
}
