import { AsyncLocalStorage } from "node:async_hooks"
import type { Context } from "../dispatch/index.js"
import { expectText } from "../ground/expect-option.js"

/** The contexts of the updates that frameworks handle. `undefined` until the program has made a storage. */
let contexts: AsyncLocalStorage<Context> | undefined

/** Calls the framework's handlers for an update, so that the storages of the program find its state. */
export function handleUpdate(ctx: Context, handle: () => Promise<void>): Promise<void> {
  return contexts ? contexts.run(ctx, handle) : handle()
}

/** The values of a storage, which are committed with the end of the update that is handled. */
export class HandledValues {
  readonly #space: string

  /** @param name the name of the storage, unique within the bot */
  constructor(name: string) {
    this.#space = `framework ${expectText("name", name)}`
    contexts ??= new AsyncLocalStorage()
  }

  async get(key: string): Promise<unknown> {
    return this.#state.get(this.#space, key)
  }

  async set(key: string, value: unknown): Promise<void> {
    this.#state.set(this.#space, key, value)
  }

  async delete(key: string): Promise<void> {
    this.#state.delete(this.#space, key)
  }

  /** Throws a `TypeError` outside of the handlers of a bot that `receive` runs. */
  get #state(): Context["state"] {
    const ctx = contexts?.getStore()
    if (ctx) return ctx.state
    throw new TypeError(
      "The storage of Sounder was used outside of an update. Start the bot with `receive(bot, …)`, and await all work in its handlers.",
    )
  }
}
