import type { ServerResponse } from "node:http"
import type { CallRecord } from "../http/api.js"
import type { Conversation } from "../world/conversation.js"
import type { QueryAnswer } from "../world/inline-mode.js"
import type { Person } from "../world/person.js"
import type { WorldChange } from "../world/world-changes.js"
import { CallLog } from "./call-log.js"
import { chatKey } from "./chat-key.js"
import { EventStream } from "./event-stream.js"
import { placedMessage } from "./placed-message.js"
import { markView } from "./mark-view.js"
import type { PageParts } from "./page-parts.js"
import { PendingUpdates } from "./pending-updates.js"
import { botView, chatView, faultsView, personView, receivingView } from "./page-view.js"
import type { PageInlineAnswer, PageSnapshot } from "./protocol.js"
import { UpdateLog } from "./update-log.js"

/** The interval at which the page checks which updates wait, and how the bots receive. */
const checkEveryMs = 250

/** Time after the last call of `getUpdates` for which a bot counts as polling, in milliseconds. */
const pollingForMs = 10_000

/** A button press from the page that the bot has not answered yet. */
export interface OpenPress {
  readonly person: number
  readonly chat: string
  readonly messageId: number
}

/** The translation of a world's changes into events of the page. */
export class PageFeed {
  /** The pending button presses from the page, by the id of their callback query. */
  readonly presses = new Map<string, OpenPress>()
  readonly #parts: PageParts
  readonly #stream: EventStream
  readonly #updates: UpdateLog
  readonly #pending: PendingUpdates
  readonly #calls = new CallLog()
  readonly #inline = new Map<number, QueryAnswer>()
  readonly #receiving = new Map<number, string>()
  /** The end of each bot's last call of `getUpdates`, by the id of the bot. */
  readonly #polledAt = new Map<number, number>()
  readonly #ends: (() => void)[]

  constructor(parts: PageParts) {
    const { world, calls, deliveries, faults } = parts
    const now = () => world.environment.clock.now()
    this.#parts = parts
    this.#stream = new EventStream(() => this.#snapshot())
    this.#updates = new UpdateLog(now, (update) =>
      this.#stream.add({ kind: "update", update }, `update ${update.bot}:${update.id}`),
    )
    this.#pending = new PendingUpdates(world, (update) => {
      this.#updates.left(update)
      if (update.carried) this.#marked(update.carried.where, update.carried.messageId)
    })
    const timer = setInterval(() => this.#check(), checkEveryMs).unref()
    this.#ends = [
      world.changes.subscribe((change) => this.#changed(change)),
      calls.subscribe((record) => this.#called(record)),
      deliveries.subscribe((record) => this.#updates.ended(record)),
      faults.subscribe(() =>
        this.#stream.add({ kind: "faults", faults: faultsView(faults) }, "faults"),
      ),
      () => clearInterval(timer),
      () => this.#stream.close(),
    ]
  }

  /**
   * Connects a page.
   * @param lastId the header `Last-Event-ID`
   */
  connect(response: ServerResponse, lastId: string): void {
    this.#stream.connect(response, lastId)
  }

  /**
   * Sends a person after a change: a new person, a blocked or unblocked bot, or another keyboard.
   */
  personChanged(id: number): void {
    const person = this.#parts.world.people.get(id)
    if (person) this.#stream.add({ kind: "person", person: personView(person) }, `person ${id}`)
  }

  /** Stores a bot's answer to an inline query in place of the person's previous one. */
  inlineAnswered(
    { user: { id: person } }: Person,
    answer: QueryAnswer,
    view: Omit<PageInlineAnswer, "person">,
  ): void {
    this.#inline.set(person, answer)
    this.#stream.add({ kind: "inline", answer: { ...view, person } }, `inline ${person}`)
  }

  /** Returns a person's latest inline answer if it has this id. */
  inlineAnswer({ user }: Person, id: string): QueryAnswer | undefined {
    const answer = this.#inline.get(user.id)
    return answer?.id === id ? answer : undefined
  }

  /** Closes all connections, and removes the listeners. */
  close(): void {
    for (const end of this.#ends) end()
  }

  #changed(change: WorldChange): void {
    const stream = this.#stream
    switch (change.kind) {
      case "update":
        if (change.step === "put") this.#pending.add(change.botId, change.updateId)
        return this.#updates.follow(change)
      case "bot":
      case "commands":
        return stream.add({ kind: "bot", bot: botView(this.#parts.world, change.bot) })
      case "person":
      case "keyboards":
        return this.personChanged(change.person.user.id)
      case "chat":
        // The members of a new chat are added right after its creation.
        return queueMicrotask(() => stream.add({ kind: "chat", chat: chatView(change.where) }))
      case "message":
        return stream.add({ ...change, chat: chatKey(change.where), ...noWhere })
      case "edit":
        stream.add({ ...change, chat: chatKey(change.where), ...noWhere })
        return change.message.poll && this.#marked(change.where, change.message.message_id)
      case "ephemeral": {
        const chat = chatKey(change.where)
        const message = placedMessage(change.where, change.message)
        if (change.step !== "delete") return stream.add({ kind: change.step, chat, message })
        return stream.add({
          kind: "delete",
          chat,
          messageId: message.message_id,
          isEphemeral: true,
        })
      }
      case "reactions":
        return this.#marked(change.where, change.messageId)
      case "delete":
        return stream.add({ ...change, chat: chatKey(change.where), ...noWhere })
      case "action": {
        const { where, bot, action } = change
        return stream.add({ kind: "action", chat: chatKey(where), bot: bot.me.id, action })
      }
      case "draft": {
        const { where, draft, isStopped } = change
        const chat = chatKey(where)
        return stream.add({ kind: "draft", chat, draft, ...(isStopped && { isStopped }) })
      }
      case "callback":
        return this.#answered(change)
      case "receipt":
        this.#pending.carry(change.where, change.messageId)
        return this.#marked(change.where, change.messageId)
      case "withheld":
        return this.#updates.withheld(change)
    }
  }

  #marked(where: Conversation, messageId: number): void {
    const message = where.messages.get(messageId)
    if (message === undefined) return
    const chat = chatKey(where)
    const mark = markView(this.#parts.world, where, message) ?? null
    this.#stream.add({ kind: "mark", chat, messageId, mark }, `mark ${chat} ${messageId}`)
  }

  #answered({ queryId, answer }: Extract<WorldChange, { kind: "callback" }>): void {
    const press = this.presses.get(queryId)
    this.presses.delete(queryId)
    this.#updates.answered(queryId)
    if (press) this.#stream.add({ kind: "callback", id: queryId, ...press, ...answer })
  }

  #called(record: CallRecord): void {
    if (record.method === "getUpdates") {
      this.#pending.check()
      for (const id of this.#updates.polled(record)) this.#pending.add(record.botId, id)
      this.#polledAt.set(record.botId, performance.now())
    }
    this.#stream.add({ kind: "call", call: this.#calls.add(record) })
  }

  #check(): void {
    this.#pending.check()
    if (this.#stream.clientCount === 0) return
    for (const bot of this.#parts.world.bots.values()) {
      const receiving = receivingView(this.#parts.world, bot, this.#hasPolled(bot.me.id))
      const text = JSON.stringify(receiving)
      if (this.#receiving.get(bot.me.id) === text) continue
      this.#receiving.set(bot.me.id, text)
      this.#stream.add({ kind: "receiving", receiving })
    }
  }

  #snapshot(): PageSnapshot {
    const { world, apiRoot, faults } = this.#parts
    this.#pending.check()
    const bots = [...world.bots.values()]
    return {
      kind: "snapshot",
      apiRoot: apiRoot(),
      isLocal: world.environment.local,
      bots: bots.map((bot) => botView(world, bot)),
      people: [...world.people.values()].map((person) => personView(person)),
      chats: [...world.conversations(), ...world.business.chats()].map((where) => chatView(where)),
      updates: this.#updates.updates,
      calls: this.#calls.calls,
      faults: faultsView(faults),
      receiving: bots.map((bot) => receivingView(world, bot, this.#hasPolled(bot.me.id))),
    }
  }

  #hasPolled(bot: number): boolean {
    const at = this.#polledAt.get(bot)
    return at !== undefined && performance.now() - at < pollingForMs
  }
}

const noWhere = { where: undefined }
