import { useEffect } from "preact/hooks"
import type { PageInlineAnswer } from "../../src/page/protocol.js"
import { store, usePage } from "./page-store.js"
import { act } from "./server.js"

const pauseMs = 300

/** Returns the bot's answer to `@bot query` in the field. The query is sent when typing pauses. */
export function useInline(chat: string, text: string): PageInlineAnswer | undefined {
  const bots = usePage((state) => state.bots)
  const answer = usePage((state) => state.inline)
  const [, name, query = ""] = /^@(\w+)\s+(.*)$/s.exec(text) ?? []
  const bot = [...bots.values()].find(
    ({ username, hasInlineMode }) =>
      hasInlineMode && username.toLowerCase() === name?.toLowerCase(),
  )
  useEffect(() => {
    if (bot === undefined) return undefined
    const ask = () => void act("typeInline", { as: store.state.me, chat, text })
    const timer = setTimeout(ask, pauseMs)
    return () => clearTimeout(timer)
  }, [bot?.id, query, chat])
  return bot && answer?.bot === bot.id && answer.query === query ? answer : undefined
}

interface Props {
  readonly chat: string
  readonly answer: PageInlineAnswer
  readonly onChosen: () => void
}

/** The results of an inline query; a press on a result sends it. */
export function InlineResults({ chat, answer, onChosen }: Props) {
  const choose = async (result: string) => {
    const { me: as } = store.state
    if (await act("chooseInline", { as, chat, id: answer.id, result })) onChosen()
  }
  if (answer.results.length === 0) return <p class="no-results">No results</p>
  return (
    <ul class="command-menu" aria-label="Results">
      {answer.results.map(({ id, type, title, description }) => (
        <li key={id}>
          <button type="button" onClick={() => void choose(id)}>
            <strong dir="auto">{title || type.replaceAll("_", " ")}</strong>{" "}
            <span class="dim" dir="auto">
              {description}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
