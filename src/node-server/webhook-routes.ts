import { expectText } from "../ground/expect-option.js"
import { idleTimer, type Timer } from "../ground/timer.js"
import { pathOf, encodedFormsOf } from "../webhook/url-path.js"
import { refusals, starting } from "../webhook/webhook-response.js"
import type { Webhook, WebhookHooks } from "../webhook/webhook.js"
import { ClosedPath } from "./closed-path.js"

/** The time for which a stopped webhook still answers its path with 503, in milliseconds. */
const leavingMs = 60_000

/** A webhook that is about to start. */
export interface ExpectedWebhook {
  readonly botId: number
  readonly path: string
  readonly secretToken: string
}

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
  /** The expected webhooks by every spelling of their paths. */
  readonly #expected = new Map<string, ClosedPath>()
  /** The folders whose paths all answer like webhooks, by every spelling. */
  readonly #closedFolders = new Map<string, ClosedPath>()

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

  /** Expects a webhook at a path, until the returned function is called. */
  expect({ botId, path, secretToken }: ExpectedWebhook): () => void {
    const closed = new ClosedPath({ botId, path, secretToken, answer: starting })
    const spellings = encodedFormsOf(path)
    for (const spelling of spellings) this.#expected.set(spelling, closed)
    return () => {
      for (const spelling of spellings)
        if (this.#expected.get(spelling) === closed) this.#expected.delete(spelling)
    }
  }

  /**
   * Answers every path in the folder of a path like a webhook, even a path without a webhook.
   *
   * @param onWrongSecret called for a path without a webhook, like the hook of a webhook
   */
  closeFolderOf(path: string, onWrongSecret: WebhookHooks["onWrongSecret"]): void {
    const closed = new ClosedPath({ path, answer: refusals.secret, onWrongSecret })
    for (const spelling of encodedFormsOf(path)) this.#closedFolders.set(folderOf(spelling), closed)
  }

  /** Returns the active webhooks. */
  all(): readonly Webhook[] {
    return [...this.#active]
  }

  /**
   * Returns the active or leaving webhook at the path of a request target. Returns a {@link ClosedPath} for
   * an expected webhook and in a closed folder, where the duration does not depend on the path.
   */
  find(target: string): Webhook | ClosedPath | undefined {
    const path = pathOf(target)
    const closed =
      this.#closedFolders.size === 0 ? undefined : this.#closedFolders.get(folderOf(path))
    return this.#webhooks.get(path) ?? this.#expected.get(path) ?? closed
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
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"))
}
