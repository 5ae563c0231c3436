import type { Context } from "../dispatch/context/context.js"
import { originOf } from "../dispatch/context/own-origin.js"
import type { StatePlace } from "../dispatch/context/update-state.js"
import { expiryOf } from "../ground/expiry-of.js"
import type { Message } from "../telegram/types.js"
import {
  type EndData,
  type GatheringForm,
  gatheringSpace,
  type StoredPart,
} from "./gathering-form.js"
import {
  ageOfParts,
  gatheringText,
  hasRoom,
  longestGapMs,
  messageOf,
  parseGathering,
  type StoredGathering,
  withPart,
} from "./stored-gathering.js"

/** The delay of an end, in milliseconds, from which parts may be delayed as well. */
const tooLateMs = 500
/** The largest number of handled parts that are known. */
const maxHandled = 100

/** The gathering of one key during one update. Its changes are committed with the end of the update. */
export class OpenGathering {
  readonly #form: GatheringForm
  readonly #ctx: Context
  readonly #place: StatePlace
  readonly #stored: StoredGathering | undefined

  private constructor(
    form: GatheringForm,
    ctx: Context,
    place: StatePlace,
    stored: StoredGathering | undefined,
  ) {
    this.#form = form
    this.#ctx = ctx
    this.#place = place
    this.#stored = stored
  }

  /** Reads a gathering. Rejects with an `Unhandleable` for the form of another version. */
  static async read(form: GatheringForm, ctx: Context, key: string): Promise<OpenGathering> {
    const place = { space: gatheringSpace(form), key }
    const [text] = await ctx.state.readTexts([place])
    const stored = text === undefined ? undefined : parseGathering(form.name, text)
    return new OpenGathering(form, ctx, place, stored)
  }

  /** The parts that wait for the handler. */
  get parts(): readonly StoredPart[] {
    return this.#stored?.parts ?? []
  }

  /** The messages that were handled before; `undefined` for none. */
  get handled(): readonly Message[] | undefined {
    return this.#stored?.handled?.map(messageOf)
  }

  /** Returns whether the gathering has a part that waits with this message id. */
  has(messageId: number): boolean {
    return this.parts.some((part) => messageOf(part).message_id === messageId)
  }

  /** Returns whether a part belongs to the waiting parts. */
  accepts(part: StoredPart): boolean {
    const { parts } = this
    const { maxParts, maxMs, joins } = this.#form
    if (!this.#stored || parts.length === 0) return false
    if (this.has(messageOf(part).message_id)) return true
    const isTooOld = !this.#stored.isPutOff && ageOfParts(parts, part.receivedAt) > maxMs
    if (parts.length >= maxParts || isTooOld) return false
    return joins(messageOf(part), parts.map(messageOf)) && hasRoom(this.#stored, part)
  }

  /** Adds a part, and waits for the next one. A part that does not belong to the others begins a new gathering. */
  add(part: StoredPart): void {
    if (this.accepts(part)) return this.#wait(withPart(this.parts, part), this.#stored?.isPutOff)
    if (this.parts.length > 0) this.#setApart()
    this.#wait([part])
  }

  /** Replaces the message of a part by its edited form. The wait stays the same. */
  edit(part: StoredPart): void {
    if (this.#stored) this.#save({ ...this.#stored, parts: withPart(this.parts, part) })
  }

  /** Returns whether an own update ends this gathering: no part has arrived since the own update was put. */
  isAtEnd({ generation }: EndData): boolean {
    return this.#stored?.generation === generation
  }

  /**
   * Puts off the end once if it is late, because further parts may be late as well: behind a slow handler, or at
   * Telegram while no process ran. Returns false if the handler must be called.
   */
  putOff(): boolean {
    const { dueAt = 0, since = 0, isPutOff = false, isApart = false } = this.#stored ?? {}
    // A repeated attempt is late only because of the first attempt.
    if (isPutOff || isApart || this.#ctx.attempt > 1) return false
    const isDelayed = Date.now() - dueAt > tooLateMs || performance.timeOrigin > since
    if (!isDelayed || this.#waitMs(this.parts) === 0) return false
    this.#wait(this.parts, true)
    return true
  }

  /** Ends the gathering, whose handler was called. */
  end(): void {
    const { state } = this.#ctx
    const { lateMs } = this.#form
    const isKnown = lateMs > 0 && this.#stored?.isApart !== true
    if (!isKnown) return state.delete(this.#place.space, this.#place.key)
    const handled = [...(this.#stored?.handled ?? []), ...this.parts].slice(-maxHandled)
    const now = Date.now()
    this.#save(
      { generation: "", since: now, dueAt: now, parts: [], handled },
      expiryOf(lateMs, now),
    )
  }

  /** @param isPutOff whether the parts may be older than `maxMs`, because their end was too late */
  #wait(parts: readonly StoredPart[], isPutOff = false): void {
    const { handled } = this.#stored ?? {}
    const since = Date.now()
    const maxMs = isPutOff ? Infinity : this.#form.maxMs - ageOfParts(parts, since)
    const waitMs = Math.max(0, Math.min(this.#waitMs(parts), maxMs))
    const [generation, dueAt] = [crypto.randomUUID(), Math.ceil(since + waitMs)]
    this.#save({ generation, since, dueAt, parts, isPutOff, ...(handled && { handled }) })
    this.#putEnd({ key: this.#place.key, generation }, dueAt)
  }

  /** Returns the wait for the next part by the rule, in milliseconds; 0 if there will be none. */
  #waitMs(parts: readonly StoredPart[]): number {
    if (parts.length >= this.#form.maxParts) return 0
    return this.#form.waitMs({
      messages: parts.map(messageOf),
      longestGapMs: longestGapMs(parts),
      isLate: this.#stored?.handled !== undefined,
    })
  }

  /**
   * Moves the parts to a key of their own, where no further part joins them, and puts the own update that ends
   * them.
   */
  #setApart(): void {
    const { generation = "" } = this.#stored ?? {}
    const key = `${this.#place.key} ${generation}`
    const text = this.#stored && gatheringText({ ...this.#stored, isApart: true })
    if (text) this.#ctx.state.setText({ ...this.#place, key }, text)
    this.#putEnd({ key, generation }, undefined)
  }

  #save(gathering: StoredGathering, expiresAt?: number): void {
    this.#ctx.state.setText(this.#place, gatheringText(gathering), expiresAt)
  }

  #putEnd(data: EndData, dueAt: number | undefined): void {
    const { space } = this.#place
    const own = { name: space, ...originOf(this.#ctx.update), data }
    const timer = dueAt === undefined ? undefined : `${space} ${data.key}`
    this.#ctx.state.put(own, { dueAt, timer })
  }
}
