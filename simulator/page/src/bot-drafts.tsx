import { useEffect, useState } from "preact/hooks"
import type { ShownDraft } from "./page-state.js"
import { store, usePage } from "./page-store.js"
import { RichText } from "./rich-text.js"
import { act } from "./server.js"

interface Props {
  /** The key of the chat. */
  readonly chat: string
  /** The id of the open topic; `undefined` for all topics. */
  readonly topic: number | undefined
}

/** The messages that bots are writing in the open chat, each until it is sent, stopped or forgotten. */
export function BotDrafts({ chat, topic }: Props) {
  const drafts = usePage((state) => state.drafts.get(chat)) ?? none
  const [expired, expire] = useState(0)
  useEffect(() => {
    const ends = drafts.map(({ until }) => until).filter((until) => until > Date.now())
    if (ends.length === 0) return undefined
    const timer = setTimeout(() => expire(Date.now()), Math.min(...ends) - Date.now() + 1)
    return () => clearTimeout(timer)
  }, [drafts, expired])
  const now = Date.now()
  const shown = drafts.filter(
    ({ until, threadId }) => until > now && (topic === undefined || topic === threadId),
  )
  return (
    <>
      {shown.map((draft) => (
        <DraftRow key={`${draft.botId}:${draft.id}`} chat={chat} draft={draft} />
      ))}
    </>
  )
}

const none: readonly ShownDraft[] = []

function DraftRow({ chat, draft }: { readonly chat: string; readonly draft: ShownDraft }) {
  const name = usePage((state) => state.bots.get(draft.botId)?.first_name) ?? "The bot"
  const stop = () =>
    void act("stopDraft", { as: store.state.me, chat, bot: draft.botId, draft: draft.id })
  return (
    <li class="message-row draft-row">
      <article class="message" aria-label={`${name} is writing`} aria-busy="true">
        <div class="message-body">
          <div class="bubble other tail draft">
            {draft.text === "" ? (
              <p class="dim">Thinking…</p>
            ) : (
              <RichText text={draft.text} entities={draft.entities} />
            )}
          </div>
          {draft.canStop === true ? (
            <div class="inline-keyboard">
              <div class="keyboard-row">
                <button type="button" onClick={stop}>
                  Stop
                </button>
              </div>
            </div>
          ) : null}
        </div>
      </article>
    </li>
  )
}
