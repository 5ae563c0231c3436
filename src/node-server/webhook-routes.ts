import { expectText } from "../ground/expect-option.js"
import { idleTimer, type Timer } from "../ground/timer.js"
import { pathOf, encodedFormsOf } from "../webhook/url-path.js"
import type { Webhook } from "../webhook/webhook.js"

/** The time for which a stopped webhook still answers its path with 503, in milliseconds. */
const leavingMs = 60_000

/**
 * The webhooks of a server by their paths. An *active* webhook accepts updates. A *leaving* webhook has
 * stopped, and still answers its path with 503 for a minute.
 */
export class WebhookRoutes {
  /** The active and leaving webhooks by every spelling of their paths. */
  readonly #webhooks = new Map<string, Webhook>()
  readonly #active = new Set<Webhook>()
  /** The leaving webhooks with the timers that remove them. */
  readonly #leaving = new Map<Webhook, Timer>()
  /** The paths of expected webhooks, each with the number of pending calls of `expect`. */
  readonly #expected = new Map<string, number>()

  /** True if no webhook is active. */
  get isEmpty(): boolean {
    return this.#active.size === 0
  }

  /** The number of active webhooks. */
  get size(): number {
    return this.#active.size
  }

  /** Adds a webhook. Throws a `TypeError` if it has no path, or if another webhook has the same path. */
  add(webhook: Webhook): void {
    const spellings = encodedFormsOf(expectText("path", webhook.path))
    const holders = new Set(spellings.map((path) => this.#webhooks.get(path) ?? webhook))
    holders.delete(webhook)
    if ([...holders].some((holder) => !this.#leaving.has(holder))) {
      throw new TypeError(
        "Expected the `path` option to be unique, but another webhook of the server has it.",
      )
    }
    for (const leaving of [webhook, ...holders]) this.#forgetLeaving(leaving)
    for (const path of spellings) this.#webhooks.set(path, webhook)
    this.#active.add(webhook)
  }

  /** Removes a webhook and its path. */
  remove(webhook: Webhook): void {
    this.#forgetLeaving(webhook)
    this.#active.delete(webhook)
    this.#forget(webhook)
  }

  /**
   * Makes a stopped webhook a leaving webhook. Telegram's connections are still open, so the webhook
   * answers their requests with 503 for a minute: Telegram then tries again soon, and after a 404 later.
   */
  leave(webhook: Webhook): void {
    if (!this.#active.delete(webhook)) return
    this.#leaving.set(
      webhook,
      idleTimer(() => this.remove(webhook), leavingMs),
    )
  }

  /** Removes the leaving webhooks. */
  forgetLeaving(): void {
    for (const webhook of [...this.#leaving.keys()]) this.remove(webhook)
  }

  /** Expects webhooks at these paths, until the returned function is called. */
  expect(paths: readonly string[]): () => void {
    const spellings = paths.flatMap(encodedFormsOf)
    for (const path of spellings) this.#expected.set(path, (this.#expected.get(path) ?? 0) + 1)
    return () => {
      for (const path of spellings.splice(0)) this.#unexpect(path)
    }
  }

  /** Returns true if a webhook is expected at the path of a request target. */
  isExpected(target: string): boolean {
    return this.#expected.has(target) || this.#expected.has(pathOf(target))
  }

  /** Returns the active webhooks. */
  all(): readonly Webhook[] {
    return [...this.#active]
  }

  /** Returns the active or leaving webhook at the path of a request target. */
  find(target: string): Webhook | undefined {
    return this.#webhooks.get(target) ?? this.#webhooks.get(pathOf(target))
  }

  #forgetLeaving(webhook: Webhook): void {
    this.#leaving.get(webhook)?.stop()
    if (this.#leaving.delete(webhook)) this.#forget(webhook)
  }

  #forget(webhook: Webhook): void {
    for (const path of encodedFormsOf(webhook.path ?? "")) {
      if (this.#webhooks.get(path) === webhook) this.#webhooks.delete(path)
    }
  }

  #unexpect(path: string): void {
    const remaining = (this.#expected.get(path) ?? 0) - 1
    if (remaining > 0) this.#expected.set(path, remaining)
    else this.#expected.delete(path)
  }
}
