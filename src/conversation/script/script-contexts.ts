import type { Bot } from "../../bot/index.js"
import { Context, handlingOf } from "../../dispatch/context/context.js"
import { derivedContext } from "../../dispatch/context/derived-context.js"
import { Handling } from "../../dispatch/context/handling.js"
import { RecordedStore } from "./recorded-store.js"
import { type ScriptSession, ScriptSessions } from "./script-sessions.js"
import type { Segment } from "./segment.js"
import type { Wait } from "./wait.js"

/** The parts of a script's contexts. */
interface ContextParts {
  /** The context of the update that is being handled. */
  readonly ctx: Context
  readonly sessions: readonly ScriptSession[]
  /** The bot whose calls are recorded. */
  readonly bot: Bot
  /** Performs an operation, or returns its recorded result. */
  readonly perform: (key: string, act: () => Promise<unknown>) => Promise<unknown>
}

/** The contexts of a script's updates in one run, with their sessions and their state. */
export class ScriptContexts {
  readonly #parts: ContextParts
  readonly #store: RecordedStore
  readonly #sessions: ScriptSessions
  readonly #handlings: Handling[] = []
  /** The context of the last update. */
  last: Context

  constructor(parts: ContextParts) {
    this.#parts = parts
    this.#store = new RecordedStore(parts.perform, parts.ctx.state)
    this.#sessions = new ScriptSessions(parts.sessions)
    this.last = parts.ctx
  }

  /** Resolves with the context of a segment's update. `wait`: the wait that the update has ended. */
  async begin({ record }: Segment, wait: Wait | undefined): Promise<Context> {
    // Earlier contexts read the state again, too.
    for (const handling of this.#handlings) if (handling.writes) await handling.rollBack()
    const { attempt, lane, signal } = handlingOf(this.#parts.ctx)
    const { update, receivedAt } = record
    const facts = { attempt, receivedAt, lane, signal, transaction: noTransaction }
    const handling = new Handling(this.#parts.bot, update, undefined, facts)
    handling.queue = { state: this.#store }
    handling.match = wait?.matchPattern?.(update, undefined) ?? undefined
    this.#handlings.push(handling)
    const ctx = new Context(handling)
    await this.#sessions.begin(ctx)
    return (this.last = derivedContext(ctx, this.#sessions.values))
  }

  /**
   * Waits for the calls of a segment, and writes its changes. The changes of a live segment are committed with
   * the update.
   */
  async end(isLive: boolean): Promise<void> {
    // Most contexts have made no calls in this segment. A promise for each would make a run quadratic.
    for (const handling of this.#handlings) if (handling.hasCalls) await handling.settleCalls()
    await this.#sessions.end(this.last, isLive)
    for (const { writes } of this.#handlings) {
      for (const write of writes ?? []) this.#store.note(write, isLive)
    }
    if (!isLive) return
    const live = handlingOf(this.#parts.ctx)
    live.isAnswered ||= this.#handlings.some(({ isAnswered }) => isAnswered)
    live.isStopped ||= this.#handlings.some(({ isStopped }) => isStopped)
  }
}

const noTransaction = {
  begin: () =>
    Promise.reject(new TypeError("A script has no transaction: make the writes in `talk.step`.")),
  rollBack: async () => {},
}
