import { expectText } from "../ground/expect-option.js"
import { pathOf, spellingsOf } from "../webhook/url-path.js"
import type { Webhook } from "../webhook/webhook.js"

/** The webhooks of a server, each at its path. */
export class WebhookRoutes {
  readonly #webhooks = new Map<string, Webhook>()

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#webhooks.size === 0
  }

  /** @throws TypeError when the webhook has no path, or one that another webhook has */
  add(webhook: Webhook): void {
    const spellings = spellingsOf(expectText("path", webhook.path))
    const isTaken = spellings.some((path) => (this.#webhooks.get(path) ?? webhook) !== webhook)
    if (isTaken)
      throw new TypeError("Expected the `path` option to be one that no other webhook has.")
    for (const path of spellings) this.#webhooks.set(path, webhook)
  }

  /** Its path leads nowhere any more. */
  remove(webhook: Webhook): void {
    for (const [path, other] of this.#webhooks) if (other === webhook) this.#webhooks.delete(path)
  }

  /** All of them, each once. */
  all(): readonly Webhook[] {
    return [...new Set(this.#webhooks.values())]
  }

  /** The webhook at the path of a request target; `undefined` where none is. */
  find(target: string): Webhook | undefined {
    return this.#webhooks.get(target) ?? this.#webhooks.get(pathOf(target))
  }
}
