import type { ActionInput } from "./action-input.js"
import type { PageFeed } from "./page-feed.js"
import type { PageParts } from "./page-parts.js"

/** Something that a person does on the page. */
export interface PageAction {
  readonly input: ActionInput
  readonly parts: PageParts
  readonly feed: PageFeed
}

/** Actions by name. Each answers what the page is told, or throws what it shows. */
export type ActionTable = Readonly<Record<string, (action: PageAction) => object | Promise<object>>>
