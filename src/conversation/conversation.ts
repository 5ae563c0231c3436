import type { Context } from "../dispatch/context/context.js"
import type { ErrorHandler } from "../dispatch/handlers/handler.js"
import { type Mountable, Router } from "../dispatch/handlers/router.js"
import { unexpectedOption } from "../ground/expect-option.js"
import type { Removable } from "../ground/removable.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import type { SessionKey, SessionPlace } from "../session/session-key.js"
import {
  type CalledConversation,
  type ConversationForm,
  type EventHandler,
  expectState,
  spaceOf,
} from "./conversation-form.js"
import { type ConversationOptions, formOf, keyRule } from "./conversation-options.js"
import { diagramOf } from "./diagram.js"
import type { CallableConversation, DialogValues } from "./dialog.js"
import { DialogAt } from "./dialog-at.js"
import { findDialog, ownData } from "./dialog-place.js"
import { dialogOf, DialogView } from "./dialog-view.js"
import { OpenDialog } from "./open-dialog.js"

/** The context of a conversation's handlers. */
export type DialogContext<State extends string, Data extends object> = Context &
  DialogValues<State, Data>

/**
 * A dialog of several steps with a user, by states. The state and the data of each dialog are part of the queue's
 * state, and committed with the end of the update that changes them.
 *
 * An update goes to the first handler that matches: of `first`, of `entryPoints` if no dialog is open, of the
 * dialog's state, of `fallbacks`. Otherwise it goes to the handlers after the conversation.
 *
 * @example
 * ```ts
 * import { filters, Updater } from "sounder"
 * import { Conversation } from "sounder/conversation"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * const order = new Conversation("order", {
 *   states: ["size", "address"],
 *   data: () => ({ size: 0 }),
 * })
 * order.entryPoints.command("order", (ctx) => ctx.dialog.enter("size"))
 * order.entering("size", (ctx) => ctx.reply("Which size?"))
 * order.state("size").on(filters.regex(/^\d+$/), (ctx) => {
 *   ctx.dialog.data.size = Number(ctx.match[0])
 *   ctx.dialog.to("address")
 * })
 * order.entering("address", (ctx) => ctx.reply("Which address?"))
 * order.state("address").on(filters.text, (ctx) => {
 *   ctx.dialog.end()
 *   return ctx.reply(`Size ${ctx.dialog.data.size} to ${ctx.message.text}.`)
 * })
 * order.fallbacks.command("cancel", (ctx) => ctx.dialog.end())
 * order.mount(dispatcher)
 * ```
 * @see docs/guides/conversation.md
 */
export class Conversation<
  State extends string,
  Data extends object = {},
> implements CallableConversation<State, Data> {
  /** The name. */
  readonly name: string
  /** The names of the states. */
  readonly states: readonly State[]
  /** The handlers that get an update before all others while a dialog is open. */
  readonly first = new Router<DialogValues<State, Data>>()
  /** The handlers that get an update while no dialog is open. */
  readonly entryPoints = new Router<DialogValues<State, Data>>()
  /** The handlers that get an update of an open dialog that no handler of its state matches. */
  readonly fallbacks = new Router<DialogValues<State, Data>>()
  readonly #states: ReadonlyMap<string, Router<DialogValues<State, Data>>>
  readonly #called = new Map<string, CalledConversation & { returned: Set<EventHandler> }>()
  readonly #entering = new Map<string, Set<EventHandler>>()
  readonly #onTimeout = new Set<EventHandler>()
  readonly #form: ConversationForm
  readonly #key: SessionKey
  readonly #isReentrant: boolean
  /** The handlers of called conversations. */
  readonly #calls = new Router<DialogValues<State, Data>>()
  readonly #root = new Router()
  readonly #scope: Router<DialogValues<State, Data>>

  /**
   * @param name the name, which is stored with each dialog and must not change
   * @throws TypeError for a wrong option
   */
  constructor(name: string, options: ConversationOptions<State, Data>) {
    const form = formOf(name, options)
    this.name = name
    this.states = [...options.states]
    this.#states = new Map(this.states.map((state) => [state, new Router()]))
    this.#form = { ...form, entering: this.#entering, called: this.#called }
    this.#key = keyRule(options.per)
    this.#isReentrant = options.reentry ?? false
    this.#scope = this.#mountScope()
  }

  /** Returns the data of a new dialog. */
  initialData(): Data {
    // The form has the function of the option `data`.
    return this.#form.initial() as Data
  }

  /**
   * Returns the handlers of a state.
   *
   * @throws TypeError for an unknown state
   */
  state(name: State): Router<DialogValues<State, Data>> {
    const router = this.#states.get(expectState(this.#form, name))
    return router ?? unexpectedOption("state", "a state", name)
  }

  /**
   * Registers a function to call when a dialog enters a state: from another state, from the same state, or by an
   * entry outside of handlers. The function is called when the handlers of the update have ended; an error is a
   * failure of the update.
   *
   * @throws TypeError for an unknown state
   */
  entering(state: State, handler: (ctx: DialogContext<State, Data>) => unknown): Removable {
    const name = expectState(this.#form, state)
    const handlers = this.#entering.get(name) ?? new Set()
    this.#entering.set(name, handlers)
    return addTo(handlers, handler)
  }

  /**
   * Registers a function to call when the time of a dialog is over. The dialog ends after the call, unless the
   * function enters a state. The dialog also ends if the function fails and the update is not retried or set
   * aside. An answer that is handled before the time-out belongs to the dialog, and restarts the time.
   */
  timeout(handler: (ctx: DialogContext<State, Data>) => unknown): Removable {
    return addTo(this.#onTimeout, handler)
  }

  /**
   * Allows dialogs to call another conversation, and registers a function to call with the result of its `end`.
   * The handlers of this conversation's `first` and `fallbacks` get updates meanwhile; its states get none.
   *
   * @throws TypeError for this conversation itself, and for a conversation that calls it
   */
  returned<S extends string, D extends object>(
    other: Conversation<S, D>,
    handler: (ctx: DialogContext<State, Data>, result: unknown) => unknown,
  ): Removable {
    let called = this.#called.get(other.name)
    if (!called) {
      this.#calls.use(other.#asCalled())
      called = { form: other.#form, returned: new Set() }
      this.#called.set(other.name, called)
    }
    return addTo(called.returned, handler)
  }

  /** Registers an error handler, as `router.catch` does. */
  catch(handler: ErrorHandler<DialogValues<State, Data>>): Removable {
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
  at(queue: UpdateQueue, place: SessionPlace): DialogAt<State, Data> {
    return new DialogAt(this.#form, this.#key, queue, place)
  }

  /** Returns a state diagram in the language of Mermaid, with the `transitions` that the options name. */
  diagram(): string {
    return diagramOf(this.#form)
  }

  #mountScope(): Router<DialogValues<State, Data>> {
    const scope = this.#root.derive<{ dialog: DialogView }>({
      derive: async (ctx) => ({ dialog: new DialogView(await this.#open(ctx), 0, this.#form) }),
      beforeDone: (ctx, { dialog }) => dialog.settle(ctx),
      afterFailure: (_ctx, { dialog }) => dialog.onFailure(),
    })
    const typed = typedScope<State, Data>(scope)
    scope.event(spaceOf(this.#form), (ctx) =>
      ctx.dialog.onOwn(ctx, ownData(ctx.own.data), this.#onTimeout),
    )
    this.#mountParts(typed, this.entryPoints)
    return typed
  }

  /** Returns the handlers for dialogs that other conversations have called. */
  #asCalled(): Mountable<object> {
    const router = new Router<{ dialog: DialogView }>()
    const scope = router.derive((ctx) => ({ dialog: dialogOf(ctx).ofCalled(this.#form) }))
    this.#mountParts(typedScope<State, Data>(scope), undefined)
    // The calling conversation mounts this router, and derives `ctx.dialog`.
    return router as unknown as Mountable<object>
  }

  #mountParts(
    scope: Router<DialogValues<State, Data>>,
    entryPoints: Router<DialogValues<State, Data>> | undefined,
  ): void {
    const ifOpen = (ctx: Context) => (dialogOf(ctx).state === undefined ? undefined : "open")
    scope.route(ifOpen, { open: this.first })
    if (entryPoints) scope.route((ctx) => this.#entry(ctx), { entry: entryPoints })
    scope.use(this.#calls)
    scope.route((ctx) => dialogOf(ctx).answering, Object.fromEntries(this.#states))
    scope.route(ifOpen, { open: this.fallbacks })
  }

  #entry(ctx: Context): "entry" | undefined {
    const { isPossible, state } = dialogOf(ctx)
    return isPossible && (state === undefined || this.#isReentrant) ? "entry" : undefined
  }

  async #open(ctx: Context): Promise<OpenDialog | undefined> {
    const place = await findDialog(this.#form, this.#key, ctx)
    return place && OpenDialog.read(this.#form, ctx, place)
  }
}

/** Returns a scope with the type that the handlers of a conversation see. */
function typedScope<State extends string, Data extends object>(
  scope: Router<{ dialog: DialogView }>,
): Router<DialogValues<State, Data>> {
  // `DialogView` erases the types of states and data. Its values are the states and data of this conversation.
  return scope as unknown as Router<DialogValues<State, Data>>
}

function addTo(handlers: Set<EventHandler>, handler: unknown): Removable {
  if (typeof handler !== "function") unexpectedOption("handler", "a function", handler)
  // The conversation passes contexts of the handler's type.
  const registered: EventHandler = (ctx, result) => (handler as EventHandler)(ctx, result)
  handlers.add(registered)
  return { remove: () => void handlers.delete(registered) }
}
