import type { Removable } from "../../ground/removable.js"
import { type Context, handlingOf } from "./context.js"

/** A draft of a message, which a handler streams while it is generated. */
export interface Draft {
  /** The id of the chat that sees the draft. */
  readonly chatId: number
  /** The id of the draft, unique within the chat. */
  readonly draftId: number
}

/** Returns a string that is unique to a draft of one bot. */
export function draftKey({ chatId, draftId }: Draft): string {
  return `${chatId}:${draftId}`
}

/**
 * Registers a draft that the handlers of an update stream. When the user stops that draft, these handlers are
 * interrupted; the end of any other draft no longer interrupts them.
 */
export function registerDraft(ctx: Context, draft: Draft): Removable {
  const drafts = (handlingOf(ctx).drafts ??= new Set())
  const key = draftKey(draft)
  drafts.add(key)
  return { remove: () => void drafts.delete(key) }
}
