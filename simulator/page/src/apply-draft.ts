import type { PageEvent } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import type { PageState, ShownDraft } from "./page-state.js"

/** The time for which Telegram shows the state of a draft, in milliseconds. */
const shownMs = 30_000

/** Returns the state of the page after a draft has changed, or was stopped. */
export function applyDraft(
  state: PageState,
  { chat, draft, isStopped }: Extract<PageEvent, { kind: "draft" }>,
): PageState {
  const known = state.drafts.get(chat) ?? []
  const { canStop: _, ...stopped } = draft
  const next = isStopped === true ? draft.staysOnStop && stopped : draft
  const shown: readonly ShownDraft[] = next ? [{ ...next, until: Date.now() + shownMs }] : []
  const index = known.findIndex(({ id, botId }) => id === draft.id && botId === draft.botId)
  const drafts =
    index < 0
      ? [...known, ...shown]
      : [...known.slice(0, index), ...shown, ...known.slice(index + 1)]
  return { ...state, drafts: new Map(state.drafts).set(chat, drafts) }
}

/** Returns the drafts without those of the sender of a new message, in whose place the message is. */
export function withoutDrafts(
  drafts: PageState["drafts"],
  chat: string,
  { from }: Message,
): PageState["drafts"] {
  const known = drafts.get(chat)
  if (known === undefined) return drafts
  return new Map(drafts).set(
    chat,
    known.filter(({ botId }) => botId !== from?.id),
  )
}
