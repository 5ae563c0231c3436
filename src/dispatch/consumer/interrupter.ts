import type { Bot } from "../../bot/index.js"
import type { Arrival, ArrivalWatch, BotUpdate } from "../../queue/update-queue.js"
import type { Update } from "../../telegram/types.js"
import { draftKey } from "../context/drafts.js"
import { Interrupted } from "../context/interrupted.js"
import type { InterruptingHandlers } from "../handlers/interrupting-handlers.js"
import type { HeldDeliveries, HeldDelivery } from "./held-deliveries.js"

/** The parts of a dispatcher that an {@link Interrupter} uses. */
interface InterruptedDispatcher {
  /** Returns the handlers whose updates interrupt others. */
  readonly handlers: () => InterruptingHandlers
  /** Returns a bot by its id. */
  readonly findBot: (id: number) => Bot | undefined
}

/** The type of the update by which a user stops a message that a bot generates. */
const stopType = "stopped_message_generation"

/**
 * A watch that interrupts running handlers: when an update arrives in their lane that matches an interrupting
 * handler, and when the user stops the draft that they stream.
 */
export class Interrupter implements ArrivalWatch {
  readonly #dispatcher: InterruptedDispatcher
  readonly #held: HeldDeliveries

  constructor(dispatcher: InterruptedDispatcher, held: HeldDeliveries) {
    this.#dispatcher = dispatcher
    this.#held = held
  }

  /** The types of updates that can interrupt a handler. */
  get types(): ReadonlySet<string> {
    return new Set([stopType, ...this.#dispatcher.handlers().types])
  }

  /** Interrupts the handlers that the arrival of an update concerns. Never throws. */
  onArrival({ botId, update, lane, runningId }: Arrival): void {
    const running = this.#held.find(
      ({ delivery }) =>
        delivery.update.update_id === runningId &&
        delivery.lane === lane &&
        delivery.botId === botId,
    )
    // The update itself may be running by now.
    if (!running || runningId === update.update_id) return
    this.stopDraft({ botId, update }, running)
    const bot = this.#dispatcher.findBot(botId)
    const isMatch = bot !== undefined && this.#dispatcher.handlers().match(update, bot)
    if (isMatch === true) interrupt(running, update)
    else if (isMatch) void isMatch.then((isLate) => isLate && interrupt(running, update))
  }

  /**
   * Interrupts the handlers that stream a draft, if the update stops that draft. Does nothing for any other
   * update.
   *
   * @param running the delivery whose handlers are interrupted if they stream no known draft
   */
  stopDraft({ botId, update }: BotUpdate, running?: HeldDelivery): void {
    const stopped = update[stopType]
    if (!stopped?.chat) return
    const draft = draftKey({ chatId: stopped.chat.id, draftId: stopped.draft_id })
    const streaming = this.#held.find(
      ({ delivery, work }) => delivery.botId === botId && work.run.streams?.(draft) === true,
    )
    if (streaming) interrupt(streaming, update)
    else if (running && running.work.run.streams?.(draft) === undefined) interrupt(running, update)
  }
}

function interrupt(held: HeldDelivery, update: Update): void {
  const reason = new Interrupted(update)
  if (held.work.run.interrupt?.(reason)) held.interruption ??= reason
}
