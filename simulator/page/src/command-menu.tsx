import type { PageChat } from "../../src/page/protocol.js"
import { usePage } from "./page-store.js"

/** One line of a menu. */
export interface MenuCommand {
  readonly command: string
  readonly description: string
  /** What is sent: with the bot's name where there are several. */
  readonly sent: string
}

const none: readonly MenuCommand[] = []

/** The commands that begin with what has been written. */
export function useCommands(chat: PageChat, text: string): readonly MenuCommand[] {
  const bots = usePage((state) => state.bots)
  if (!/^\/\w*$/.test(text)) return none
  const isGroup = chat.chat.type !== "private"
  return chat.bots.flatMap((id) => {
    const bot = bots.get(id)
    const fitting = bot?.commands.filter(({ command }) => `/${command}`.startsWith(text)) ?? []
    return fitting.map((each) => ({
      ...each,
      sent: isGroup ? `/${each.command}@${bot?.username}` : `/${each.command}`,
    }))
  })
}

interface Props {
  readonly commands: readonly MenuCommand[]
  readonly onChoose: (command: string) => void
}

/** The menu of commands above the field in which one writes. */
export function CommandMenu({ commands, onChoose }: Props) {
  if (commands.length === 0) return null
  return (
    <ul class="command-menu" aria-label="Commands">
      {commands.map(({ command, description, sent }) => (
        <li key={sent}>
          <button type="button" onClick={() => onChoose(sent)}>
            <strong>/{command}</strong>{" "}
            <span class="dim" dir="auto">
              {description}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
