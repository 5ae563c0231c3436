import type { ActionInput } from "./action-input.js"
import type { PageFeed } from "./page-feed.js"
import type { PageParts } from "./page-parts.js"

/** An action of a person on the page. */
export interface PageAction {
  readonly input: ActionInput
  readonly parts: PageParts
  readonly feed: PageFeed
}

/**
 * Actions by name. Each returns its result for the page, or throws an error that the page shows.
 */
export type ActionTable = Readonly<Record<string, (action: PageAction) => object | Promise<object>>>
