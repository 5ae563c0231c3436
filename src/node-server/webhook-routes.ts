import { expectText } from "../ground/expect-option.js"
import { idleTimer, type Timer } from "../ground/timer.js"
import { pathOf, spellingsOf } from "../webhook/url-path.js"
import type { Webhook } from "../webhook/webhook.js"

/** How long a webhook that was let go still refuses updates at its path, in milliseconds. */
const leavingMs = 60_000

/** The webhooks of a server, each at its path. */
export class WebhookRoutes {
  readonly #webhooks = new Map<string, Webhook>()
  /** Those that were not let go. */
  readonly #present = new Set<Webhook>()
  /** Webhooks that were let go, each until its path is forgotten. */
  readonly #leaving = new Map<Webhook, Timer>()
  /** Paths of webhooks that are about to be added, each with how often it was expected. */
  readonly #expected = new Map<string, number>()

  /** Whether all webhooks were let go. */
  get isEmpty(): boolean {
    return this.#present.size === 0
  }

  /** How many there are. */
  get size(): number {
    return this.#present.size
  }

  /** @throws TypeError when the webhook has no path, or one that another webhook has */
  add(webhook: Webhook): void {
    const spellings = spellingsOf(expectText("path", webhook.path))
    const others = new Set(spellings.map((path) => this.#webhooks.get(path) ?? webhook))
    others.delete(webhook)
    if ([...others].some((other) => !this.#leaving.has(other))) {
      throw new TypeError("Expected the `path` option to be one that no other webhook has.")
    }
    for (const leaving of [webhook, ...others]) this.#forgetLeaving(leaving)
    for (const path of spellings) this.#webhooks.set(path, webhook)
    this.#present.add(webhook)
  }

  /** Forgets a webhook and its path. */
  remove(webhook: Webhook): void {
    this.#forgetLeaving(webhook)
    this.#present.delete(webhook)
    this.#forget(webhook)
  }

  /**
   * Lets a webhook go that takes no update any longer. Telegram's connections are still open: for a
   * minute the webhook refuses what comes over them, so that Telegram tries again soon.
   */
  leave(webhook: Webhook): void {
    if (!this.#present.delete(webhook)) return
    this.#leaving.set(
      webhook,
      idleTimer(() => this.remove(webhook), leavingMs),
    )
  }

  /** Forgets the webhooks that were let go. */
  forgetLeaving(): void {
    for (const webhook of [...this.#leaving.keys()]) this.remove(webhook)
  }

  /** Expects webhooks at these paths, until the returned function is called. */
  expect(paths: readonly string[]): () => void {
    const spellings = paths.flatMap(spellingsOf)
    for (const path of spellings) this.#expected.set(path, (this.#expected.get(path) ?? 0) + 1)
    return () => {
      for (const path of spellings.splice(0)) this.#unexpect(path)
    }
  }

  /** Whether a webhook is expected at the path of a request target. */
  isExpected(target: string): boolean {
    return this.#expected.has(target) || this.#expected.has(pathOf(target))
  }

  /** The webhooks, each once, without those that were let go. */
  all(): readonly Webhook[] {
    return [...this.#present]
  }

  /** The webhook at the path of a request target; `undefined` where none is. */
  find(target: string): Webhook | undefined {
    return this.#webhooks.get(target) ?? this.#webhooks.get(pathOf(target))
  }

  #forgetLeaving(webhook: Webhook): void {
    this.#leaving.get(webhook)?.stop()
    if (this.#leaving.delete(webhook)) this.#forget(webhook)
  }

  #forget(webhook: Webhook): void {
    for (const path of spellingsOf(webhook.path ?? "")) {
      if (this.#webhooks.get(path) === webhook) this.#webhooks.delete(path)
    }
  }

  #unexpect(path: string): void {
    const left = (this.#expected.get(path) ?? 0) - 1
    if (left > 0) this.#expected.set(path, left)
    else this.#expected.delete(path)
  }
}
