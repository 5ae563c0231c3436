import { CallPlace } from "../ground/call-place.js"
import { observedStart } from "../intake/observed-start.js"
import { logStartLine } from "../intake/start-line.js"
import { expectOptionsObject } from "../ground/expect-option.js"
import type { Bot, BotOptions } from "../bot/index.js"
import { Dispatcher, type Router, type StopVerdict } from "../dispatch/index.js"
import { FleetWebhooks } from "./fleet-webhooks.js"
import { RegistrationPace } from "./registration-pace.js"
import { type BotKindValues, routerOfKind } from "./bot-kinds.js"
import { FleetBots, cancelStart } from "./fleet-bots.js"
import type { OpenIntake } from "./fleet-intake.js"
import { FleetMembership } from "./fleet-membership.js"
import {
  type FleetAddOptions,
  fleetOptionNames,
  type FleetOptions,
  type FleetStart,
  fleetWebhookOptionNames,
  type FleetWebhookOptions,
} from "./fleet-options.js"
import { type FleetBotStatus, statusOfMember } from "./fleet-status.js"
import { defaultQueue } from "./default-queue.js"
import { ManagedBots } from "./managed-bots.js"
import { defaultMaxConnections } from "./max-connections.js"
import { Receivers } from "./receivers.js"
import { SharedFleet } from "./shared-fleet.js"
import { startLine } from "./start-progress.js"
import type { Logger } from "../ground/logger.js"
import { guardedLogger } from "../telegram/guarded-logger.js"
import type { UpdateQueue } from "../queue/index.js"
import { type StopOptions, stopOptionNames } from "../intake/stop-options.js"
import { Polling } from "../polling/polling.js"
import { pollingOptionNames, type StartPollingOptions } from "../polling/polling-options.js"
import { SounderError } from "../telegram/errors.js"
import { type BotRemoveOptions, type BotStore, removeOptionNames } from "./store/bot-store.js"
import { SharedTransport } from "./shared-transport.js"

/** A function that starts the server, if there is one, and resolves with the function that closes it. */
type Prepare = () => Promise<() => Promise<void>>

type State =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting"; readonly opened: Promise<unknown> }
  | { readonly kind: "running"; readonly close: () => Promise<void> }
  | { readonly kind: "stopping"; readonly verdict: Promise<StopVerdict> }

/**
 * Any number of bots with one dispatcher, one queue and, for webhooks, one server on one port. Bots can
 * be added and removed while the fleet runs. The failure of a bot does not affect the other bots.
 *
 * With webhooks, the path of each bot contains its id and nothing secret. The secret of each webhook is
 * derived from the bot's token.
 *
 * @example
 * ```ts
 * import { Fleet, WebhookServer } from "sounder"
 *
 * const fleet = new Fleet()
 * fleet.dispatcher.command("start", (ctx) => ctx.reply(`Hello from ${ctx.bot.id}!`))
 * await fleet.add(process.env.BOT_TOKEN)
 * const server = new WebhookServer({ listen: "0.0.0.0", port: 8443, key: "private.key", cert: "cert.pem" })
 * await fleet.startWebhook({ server, webhookUrl: "https://example.com:8443/bots" })
 * await fleet.add(process.env.SECOND_BOT_TOKEN)
 * ```
 */
export class Fleet implements AsyncDisposable {
  /** The queue for the updates of all bots. */
  readonly queue: UpdateQueue
  /** The dispatcher, with the handlers for all bots. `ctx.bot` is the bot that got the update. */
  readonly dispatcher: Dispatcher
  readonly #botOptions: BotOptions
  readonly #logger: Logger
  readonly #hasOwnLogger: boolean
  readonly #bots = new FleetBots()
  readonly #receivers: Receivers
  readonly #membership: FleetMembership
  readonly #shared: SharedFleet | undefined
  readonly #transport: SharedTransport
  readonly #pace = new RegistrationPace()
  #state: State = { kind: "stopped" }

  constructor(options: FleetOptions = {}) {
    expectOptionsObject(options, "new Fleet({ queue })", fleetOptionNames)
    const { queue, store, botOptions, onBotEnded, managedBots, logger, ...dispatch } = options
    this.queue = queue ?? defaultQueue(dispatch.concurrency)
    this.#logger = guardedLogger(logger)
    this.#hasOwnLogger = logger !== undefined
    this.#transport = new SharedTransport(botOptions?.proxy)
    this.#botOptions = { logger: this.#logger, ...this.#transport.optionsOf(botOptions) }
    this.#receivers = new Receivers({
      bots: this.#bots,
      logger: this.#logger,
      onEnded: onBotEnded ?? (() => {}),
      onOutcome: (member, error) => void this.#shared?.recordOutcome(member, error),
    })
    this.#membership = new FleetMembership({
      ...{ bots: this.#bots, receivers: this.#receivers, pace: this.#pace },
      ...{ queue: this.queue, botOptions: this.#botOptions, store },
      shared: () => this.#shared,
      isRunning: () => this.isRunning,
    })
    this.#shared = store && this.#share(store)
    const bot = (id: number) => this.#bots.find(id)
    this.dispatcher = new Dispatcher({ ...dispatch, bot, queue: this.queue, logger: this.#logger })
    new ManagedBots({
      ...{ membership: this.#membership, logger: this.#logger },
      choose: managedBots ?? false,
    }).handleOn(this.dispatcher)
  }

  /** The bots of the fleet. */
  get bots(): readonly Bot[] {
    return this.#bots.all
  }

  /** Returns the state of each bot. */
  status(): FleetBotStatus[] {
    const of = { isRunning: this.isRunning, isLeader: this.#receivers.isLeader }
    return this.#bots.members.map((member) => statusOfMember(member, of))
  }

  /**
   * Returns a new router on the dispatcher, whose handlers get the updates of the bots of one kind, with the data of
   * the bot as `ctx.botData`. Changed data reach the handlers of later updates. `botData()` of `sounder/session` has the
   * same place: use a `session` with another name on this router.
   *
   * @param read returns the data in their checked form, or throws an error, which fails the update. Default: the data
   *   as they are stored
   * @throws TypeError for a wrong kind
   */
  kind<Data = unknown>(
    kind: string,
    read: (data: unknown) => Data = (data) => data as Data,
  ): Router<BotKindValues<Data>> {
    return routerOfKind(this.dispatcher, { bots: this.#bots, kind, read })
  }

  /** True while the fleet runs, even if no bot receives yet. */
  get isRunning(): boolean {
    return this.#state.kind === "running"
  }

  /**
   * Adds a bot, and resolves with it. While the fleet runs, resolves when the bot receives. Rejects with
   * the error of its start, as `startWebhook` and `startPolling` of an updater do; the bot is then not in
   * the fleet.
   *
   * With a store: checks the token with Telegram, stores the bot, and resolves when this machine has the bot; the
   * leader of the machines registers its webhook. A failed registration is tried again. Rejects with the error of the
   * check, or of the store.
   *
   * If the fleet already has a bot with this token, resolves with that bot. A bot with the same id and
   * another token is replaced; Telegram keeps the updates that come meanwhile.
   *
   * @param tokenOrBot a token from @BotFather, or, without a store, a bot with its own options
   * @throws TypeError for a malformed token
   */
  async add(tokenOrBot: string | Bot | undefined, options: FleetAddOptions = {}): Promise<Bot> {
    expectOptionsObject(options, "fleet.add(token, { kind, data })", { kind: true, data: true })
    return this.#membership.add(tokenOrBot, options)
  }

  /**
   * Removes a bot, which stops receiving. Its received updates are still handled. Its webhook stays
   * registered, so that Telegram keeps new updates.
   *
   * With a store, resolves when the removal is stored and this machine has carried it out; the leader of the machines
   * calls `deleteWebhook`, and tries again if that fails.
   *
   * With `deleteData`, also waits for the running handlers of the bot and deletes what the queue stores of it. Rejects
   * with `not-running` if there is no store and the fleet does not run.
   *
   * @returns true if the bot was in the fleet
   */
  async remove(botId: number, options: BotRemoveOptions = {}): Promise<boolean> {
    expectOptionsObject(options, "fleet.remove(botId, { deleteWebhook })", removeOptionNames)
    return this.#membership.remove(botId, options)
  }

  /**
   * Parks a bot: it stops receiving, and stays in the fleet. Its received updates are still handled, and its webhook
   * stays registered, so that Telegram keeps new updates for a day.
   *
   * @param reason a text for `status`
   * @returns true if the bot was in the fleet and not parked
   */
  async park(botId: number, reason?: string): Promise<boolean> {
    return this.#membership.park(botId, reason)
  }

  /**
   * Lets a parked bot receive again. A failed start is tried again.
   *
   * @returns true if the bot was parked
   */
  async wake(botId: number): Promise<boolean> {
    return this.#membership.wake(botId)
  }

  /**
   * Starts to receive by webhook. Starts the server, then registers the bots. Resolves when each bot has
   * started or failed. A failed bot is tried again with exponential backoff, except if Telegram does
   * not accept its token.
   *
   * Rejects with the first bot's error if every bot fails, with `already-running`, and with the error of
   * the server's start. Nothing is then left running.
   *
   * @throws TypeError for a wrong option
   */
  startWebhook(options: FleetWebhookOptions): Promise<FleetStart> {
    return observedStart("startWebhook", this.#logger, async () => {
      expectOptionsObject(options, "fleet.startWebhook({ server })", fleetWebhookOptionNames)
      const ownOptions = () => ({
        allowedUpdates: this.dispatcher.allowedUpdates,
        maxConnections: defaultMaxConnections(this.queue),
        queue: this.queue,
        logger: this.#logger,
      })
      const webhooks = new FleetWebhooks(options, ownOptions, this.#shared !== undefined)
      return this.#start(() => webhooks.prepare(this.#bots.members), webhooks.open)
    })
  }

  /**
   * Starts to receive by `getUpdates`, with one poll per bot. Resolves when each bot has started or
   * failed. A failed bot is tried again with exponential backoff, except if Telegram does not accept its
   * token.
   *
   * Rejects with the first bot's error if every bot fails, and with `already-running`. Nothing is then
   * left running.
   *
   * @throws TypeError for a wrong option
   */
  startPolling(options: StartPollingOptions = {}): Promise<FleetStart> {
    return observedStart("startPolling", this.#logger, async () => {
      expectOptionsObject(options, "fleet.startPolling({ timeout })", pollingOptionNames)
      return this.#start(
        async () => async () => {},
        async (bot, { signal, isLeader }) =>
          isLeader
            ? Polling.start({
                allowedUpdates: () => this.dispatcher.allowedUpdates,
                ...options,
                ...{ bot, signal, queue: this.queue, logger: this.#logger },
              })
            : undefined,
      )
    })
  }

  /**
   * Starts to handle the updates that other machines receive, with the same queue and the same store.
   *
   * Rejects with `already-running`, and with the error of the store.
   */
  startWorker(): Promise<void> {
    return observedStart("startWorker", this.#logger, async () => {
      await this.#start(
        async () => async () => {},
        async () => undefined,
        false,
      )
    })
  }

  /**
   * Stops receiving for all bots, waits for running handlers, hands waiting updates back, and resolves with the outcome
   * of each update. The bots stay in the fleet, and their webhooks stay registered. The fleet can be started again.
   *
   * @param options.deadlineMs the time for running handlers, in milliseconds. Default: 10,000
   */
  async stop(options: StopOptions = {}): Promise<StopVerdict> {
    expectOptionsObject(options, "fleet.stop({ deadlineMs })", stopOptionNames)
    const state = this.#state
    if (state.kind === "stopping") return state.verdict
    if (state.kind === "stopped") return { handled: [], handedBack: [], unknown: [] }
    if (state.kind === "starting") {
      await state.opened.catch(() => {})
      return this.stop(options)
    }
    const verdict = this.#drain(state.close, options).finally(() => {
      this.#state = { kind: "stopped" }
    })
    this.#state = { kind: "stopping", verdict }
    return verdict
  }

  /** Stops the fleet as {@link stop} does, and closes the connections of the bots' calls. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#transport[Symbol.asyncDispose]()
  }

  /** @param receives false for a machine that only handles updates */
  async #start(prepare: Prepare, open: OpenIntake, receives = true): Promise<FleetStart> {
    const place = new CallPlace()
    try {
      const result = await this.#startAll(prepare, open, receives)
      this.#logStart(result.started.length)
      return result
    } catch (error) {
      place.showIfUnplaced(error)
      throw error
    }
  }

  #logStart(started: number): void {
    const line = startLine(started, this.dispatcher.handlerCount)
    logStartLine(line, { logger: this.#logger, hasOwnLogger: this.#hasOwnLogger })
  }

  /** Starts the dispatcher before any bot receives, so that the first update is taken at once. */
  async #startAll(prepare: Prepare, open: OpenIntake, receives: boolean): Promise<FleetStart> {
    const { kind } = this.#state
    if (kind !== "stopped") {
      throw new SounderError("already-running", `The fleet is ${kind}; await stop() first`)
    }
    const opened = this.#prepareAll(prepare, receives)
    this.#state = { kind: "starting", opened }
    try {
      const { close, isLeader } = await opened
      this.#receivers.begin(open, isLeader)
      this.#state = { kind: "running", close }
      this.#shared?.watch()
    } catch (error) {
      await this.#shared?.end()
      await this.dispatcher.stop({ deadlineMs: 0 })
      for (const member of this.#bots.members) cancelStart(member)
      this.#state = { kind: "stopped" }
      throw error
    }
    return this.#startBots()
  }

  async #prepareAll(prepare: Prepare, receives: boolean) {
    const isLeader = this.#shared ? await this.#shared.begin(receives) : true
    this.dispatcher.start()
    return { close: await prepare(), isLeader }
  }

  async #startBots(): Promise<FleetStart> {
    const { started, failed, fatal } = await this.#receivers.startAll()
    const isFatal = fatal && (!this.#shared || fatal.error instanceof TypeError)
    if (!isFatal || !this.isRunning) {
      for (const { bot, error } of failed) this.#receivers.scheduleRetry(bot, error)
      return { started, failed }
    }
    await this.stop({ deadlineMs: 0 })
    throw fatal.error
  }

  /** Connects the fleet with a store. */
  #share(store: BotStore): SharedFleet {
    return new SharedFleet({
      store,
      bots: this.#bots,
      receivers: this.#receivers,
      botOptions: this.#botOptions,
      logger: this.#logger,
      queue: this.queue,
      addMember: (bot) => this.#bots.add(bot, this.#pace.hook),
      removeMember: (botId, drops) => this.#membership.removeMember(botId, drops),
    })
  }

  async #drain(close: () => Promise<void>, { deadlineMs }: StopOptions): Promise<StopVerdict> {
    const intakes = await this.#receivers.end()
    await Promise.all(intakes.map((intake) => intake.stopIntake({ deadlineMs })))
    const verdict = await this.dispatcher.stop({ deadlineMs })
    await Promise.all(intakes.map((intake) => intake.finish()))
    await this.#shared?.end()
    await close()
    return verdict
  }
}
