import type { Handling } from "../dispatch/context/handling.js"
import type { FormattedText } from "../telegram/formatted-text.js"
import type { AnswerMessages, MakeCall } from "./answer-messages.js"
import type { StreamView } from "./stream-options.js"

/** A way in which a growing answer is shown. */
export interface GrowingView {
  /** The default of the shortest time between two snapshots, in milliseconds. */
  readonly intervalMs: number
  /** The time until the first snapshot, in milliseconds: a shorter answer is sent at once. */
  readonly firstMs: number
  /** The time after which a snapshot must be shown again, in milliseconds. */
  readonly refreshMs: number
  /** The view to use if Telegram refuses this one. */
  readonly fallback: StreamView
  /** Shows the parts of the answer so far. */
  show(parts: readonly FormattedText[], make: MakeCall): Promise<void>
}

/** Shows the parts that are complete as messages. */
async function showFull(
  parts: readonly FormattedText[],
  messages: AnswerMessages,
  make: MakeCall,
): Promise<void> {
  for (const [index, text] of parts.slice(0, -1).entries()) {
    await messages.show({ text, index, state: "full" }, make)
  }
}

/** A view as a draft of Telegram's: a preview in a private chat, which vanishes by itself. */
export class DraftView implements GrowingView {
  readonly intervalMs = 500
  readonly firstMs = 100
  // A draft vanishes 30 s after its last snapshot.
  readonly refreshMs = 20_000
  readonly fallback = "edits"
  readonly #handling: Handling
  readonly #messages: AnswerMessages
  readonly #draft: DraftParameters

  constructor(handling: Handling, messages: AnswerMessages, draft: DraftParameters) {
    this.#handling = handling
    this.#messages = messages
    this.#draft = draft
  }

  async show(parts: readonly FormattedText[], make: MakeCall): Promise<void> {
    await showFull(parts, this.#messages, make)
    const { chat_id, message_thread_id: thread } = this.#messages.target
    const params = {
      chat_id,
      ...(thread !== undefined && { message_thread_id: thread }),
      ...this.#draft,
      // The empty text of the beginning is shown as "Thinking…".
      text: parts.at(-1) ?? "",
    }
    await make((call) => this.#handling.bot.sendMessageDraft(params, call))
  }
}

/** The parameters of a draft that do not change. */
export interface DraftParameters {
  readonly draft_id: number
  readonly can_stop: boolean
  readonly keep_on_stop: boolean
}

/** A view as a message that is edited. */
export class EditView implements GrowingView {
  readonly intervalMs = 3_000
  readonly firstMs = 1_000
  readonly refreshMs = Infinity
  readonly fallback = "nothing"
  readonly #messages: AnswerMessages

  constructor(messages: AnswerMessages) {
    this.#messages = messages
  }

  async show(parts: readonly FormattedText[], make: MakeCall): Promise<void> {
    await showFull(parts, this.#messages, make)
    const text = parts.at(-1)
    const index = parts.length - 1
    if (text) await this.#messages.show({ text, index, state: "growing" }, make)
  }
}

/** A view that shows nothing. */
export const noView: GrowingView = {
  intervalMs: 60_000,
  firstMs: Infinity,
  refreshMs: Infinity,
  fallback: "nothing",
  show: async () => {},
}

/**
 * Returns the id of the draft of an answer. A handler that runs again continues the draft of its earlier run.
 *
 * @param number the number of the answer within its update
 */
export function draftIdOf(updateId: number, number: number): number {
  const ids = 2 ** 31 - 1
  // The ids of own updates are negative, and Telegram refuses the id 0.
  return ((((updateId * 16 + number) % ids) + ids) % ids) + 1
}
