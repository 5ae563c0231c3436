import { expectPort } from "./ground/expect-port.js"
import type { Chat } from "@grammyjs/types"
import { BotAccount } from "./delivery/bot-account.js"
import { ApiServer } from "./http/api-server.js"
import { Api, type CallRecord } from "./http/api.js"
import { FaultPlan, type Fault } from "./http/fault.js"
import { systemClock } from "./ground/clock.js"
import { HostNames } from "./ground/host-names.js"
import { deliveryObserver, type DeliveryRecord } from "./world/delivery-observer.js"
import type { Environment } from "./ground/environment.js"
import { Journal } from "./ground/journal.js"
import { Random } from "./ground/random.js"
import { SimulatedBot } from "./people/simulated-bot.js"
import { SimulatedGroup } from "./people/simulated-group.js"
import { SimulatedUser } from "./people/simulated-user.js"
import type { SimulatorOptions } from "./ground/simulator-options.js"
import { createChat } from "./world/create-chat.js"
import { botUser, newToken, type BotTraits } from "./world/identity.js"
import { Person } from "./world/person.js"
import { upgradedIds } from "./world/upgrade.js"
import { World } from "./world/world.js"

/** A simulated Telegram: its Bot API over HTTP, and the people who write to bots. */
export class Simulator implements AsyncDisposable {
  /** Every call of a bot, with its response. */
  readonly calls: Journal<CallRecord>
  /** Every attempt to deliver an update to a webhook. */
  readonly deliveries: Journal<DeliveryRecord>
  readonly #environment: Environment
  readonly #world: World
  readonly #api: Api
  readonly #faults = new FaultPlan()
  readonly #server: ApiServer
  #address = ""
  #page: { close(): void } | undefined
  #log: { close(): void } | undefined
  #state: { close(): Promise<void> } | undefined
  #people = 0
  #groups = 0

  private constructor(environment: Environment) {
    this.#environment = environment
    this.calls = new Journal()
    this.deliveries = new Journal()
    this.#world = new World(environment, (options) => this.#makeBot(options))
    this.#api = new Api(this.#world, this.calls)
    this.#server = new ApiServer({ world: this.#world, api: this.#api, faults: this.#faults })
  }

  /** Starts a simulator. Rejects if the port is in use. */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const { port = 0, host = "127.0.0.1", hosts = {} } = options
    expectPort(port)
    const simulator = new Simulator({
      clock: options.clock ?? systemClock,
      random: new Random(options.seed ?? Math.floor(Math.random() * 2 ** 32)),
      local: options.local ?? false,
      limits: options.limits ?? false,
      names: new HostNames(hosts, options.clock ?? systemClock),
      authorities: options.authorities,
    })
    if (options.state !== undefined) await simulator.#keep(options.state)
    if (options.page === true) await simulator.#openPage(host)
    if (options.log !== undefined) await simulator.#openLog(options.log)
    const listening = await simulator.#server.listen(port, host)
    simulator.#address = `http://${host.includes(":") ? `[${host}]` : host}:${listening}`
    return simulator
  }

  /** The API root, in place of `https://api.telegram.org`. */
  get apiRoot(): string {
    return this.#address
  }

  /** The address of the chat page; `undefined` without the option `page`. */
  get pageUrl(): string | undefined {
    return this.#page === undefined ? undefined : `${this.#address}/`
  }

  /**
   * Creates a bot. Returns the existing bot for a known token. Default token: a generated one.
   *
   * @param options.inline_feedback whether the bot gets `chosen_inline_result`. Default: `false`.
   */
  bot(options: BotTraits & { token?: string; inline_feedback?: boolean } = {}): SimulatedBot {
    const existing = options.token === undefined ? undefined : this.#world.botOf(options.token)
    return new SimulatedBot(existing ?? this.#makeBot(options))
  }

  #makeBot(options: BotTraits & { token?: string; inline_feedback?: boolean }): BotAccount {
    const token = options.token ?? newToken(this.#environment.random)
    const me = botUser(token, options)
    const { clock } = this.#environment
    const observer = deliveryObserver({
      botId: () => me.id,
      clock,
      journal: this.deliveries,
      changes: this.#world.changes,
      replied: (args) => this.#api.reply(account, args),
    })
    const account = new BotAccount({ token, me, environment: this.#environment, observer })
    const profile = this.#world.profiles.of(me.id)
    profile.inlineFeedback = options.inline_feedback ?? false
    profile.games = options.games ?? []
    profile.canVerify = options.can_verify ?? false
    this.#world.stars.of(me.id).topUp(options.star_balance ?? 0, this.#world.now)
    this.#world.addBot(account)
    return account
  }

  /** All bots, in the order of their creation. */
  get bots(): SimulatedBot[] {
    return [...this.#world.bots.values()].map((bot) => new SimulatedBot(bot))
  }

  /** All people, in the order of their creation. */
  get users(): SimulatedUser[] {
    return [...this.#world.people.values()].map((person) => new SimulatedUser(person, this.#world))
  }

  /** Creates a person. */
  user(
    options: {
      first_name?: string
      last_name?: string
      username?: string
      language_code?: string
      id?: number
      is_premium?: boolean
    } = {},
  ): SimulatedUser {
    const id = options.id ?? 1_000_000 + ++this.#people
    const { first_name = "User", last_name, username, language_code = "en" } = options
    const person = new Person({
      id,
      is_bot: false,
      first_name,
      ...(last_name !== undefined && { last_name }),
      ...(username !== undefined && { username }),
      language_code,
      ...(options.is_premium === true && { is_premium: true as const }),
    })
    this.#world.addPerson(person)
    return new SimulatedUser(person, this.#world)
  }

  /** Creates a basic group. The first user owns it; its bots get an update. */
  group(options: { title: string }, ...members: (SimulatedUser | SimulatedBot)[]): SimulatedGroup {
    const id = -(4_000_000 + ++this.#groups)
    return this.#createChat({ id, title: options.title, type: "group" }, members)
  }

  /**
   * Creates a supergroup, which numbers its messages itself.
   *
   * @param options.username makes the group public; without the `@`
   * @param options.is_forum whether the group has topics. Default: `false`.
   */
  supergroup(
    options: { title: string; username?: string; is_forum?: boolean },
    ...members: (SimulatedUser | SimulatedBot)[]
  ): SimulatedGroup {
    const { title, username, is_forum = false } = options
    const name = username === undefined ? {} : { username }
    const forum = is_forum ? { is_forum: true as const } : {}
    return this.#createChat(
      { id: this.#channelId(), title, ...name, type: "supergroup", ...forum },
      members,
    )
  }

  /**
   * Creates a channel. The first user owns it; its bots are administrators with all rights.
   *
   * @param options.username makes the channel public; without the `@`
   */
  channel(
    options: { title: string; username?: string },
    ...members: (SimulatedUser | SimulatedBot)[]
  ): SimulatedGroup {
    return this.#createChat({ id: this.#channelId(), ...options, type: "channel" }, members)
  }

  /**
   * Plans a fault for the next `times` calls of a method; `"*"` stands for any method.
   *
   * @param times the number of calls. Default: 1.
   */
  fault(method: string, fault: Fault, times = 1): void {
    this.#faults.add(method, fault, times)
  }

  /**
   * Changes the address of a webhook's host from now on. Telegram remembers an address for 29
   * minutes and a failure for 5, and resolves the name of a webhook about every 30 minutes.
   *
   * @param host as in `hosts`: `bot1.example.com:443`
   * @param to as in `hosts`; `"unknown"` or `"unavailable"` for a failing look-up
   */
  setHost(host: string, to: string): void {
    this.#environment.names.set(host, to)
  }

  /** Removes all planned faults. */
  clearFaults(): void {
    this.#faults.clear()
  }

  /** Closes every connection, and rejects pending waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#page?.close()
    this.#log?.close()
    try {
      await this.#state?.close()
    } finally {
      this.#world.close()
      await this.#server.close()
    }
  }

  #channelId(): number {
    return -(1_001_000_000_000 + ++this.#groups)
  }

  #createChat(chat: Chat, members: readonly { readonly id: number }[]): SimulatedGroup {
    const ids = members.map(({ id }) => id)
    return new SimulatedGroup(createChat(this.#world, chat, ids), this.#world)
  }

  async #keep(path: string): Promise<void> {
    const { StateFile } = await import("./state/state-file.js")
    this.#state = await StateFile.open(path, this.#world, (options) => this.bot(options))
    // New messages and updates get ids after the restored ones.
    for (const id of this.#world.people.keys())
      this.#people = Math.max(this.#people, id - 1_000_000)
    for (const { chat } of this.#world.conversations()) {
      if (chat.id < upgradedIds || chat.is_direct_messages === true) continue
      const start = chat.id < -1e12 ? 1_001_000_000_000 : 4_000_000
      this.#groups = Math.max(this.#groups, -chat.id - start)
    }
  }

  // Loaded here, as the page, so that tests without them need not load them.
  async #openLog(write: (line: string) => void): Promise<void> {
    const { TrafficLog } = await import("./log/traffic-log.js")
    const { calls, deliveries } = this
    this.#log = new TrafficLog({ world: this.#world, calls, deliveries, write })
  }

  // Loaded here, so that tests without a page need not load it.
  async #openPage(host: string): Promise<void> {
    const { ChatPage } = await import("./page/chat-page.js")
    const page = new ChatPage({
      world: this.#world,
      calls: this.calls,
      deliveries: this.deliveries,
      faults: this.#faults,
      makers: this,
      host,
      apiRoot: () => this.#address,
    })
    this.#page = page
    this.#server.first = (request, response) => page.handle(request, response)
  }
}
