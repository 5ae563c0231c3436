import type { PageChat } from "../../src/page/protocol.js"
import { usePage } from "./page-store.js"

/** A command in the menu. */
export interface MenuCommand {
  readonly command: string
  readonly description: string
  /** The text to send, with the bot's username if the chat has several bots. */
  readonly sent: string
}

const none: readonly MenuCommand[] = []

/** Returns the commands that begin with the written text. */
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

/**
 * Moves the focus with the arrow keys in the ring of the text field and the commands above it. Returns
 * false for any other key, and without commands.
 */
export function moveInMenu(event: KeyboardEvent, field: HTMLElement | null): boolean {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  if (step === undefined || event.shiftKey || event.isComposing || field === null) return false
  const ring = [...document.querySelectorAll<HTMLElement>(".command-menu button"), field]
  if (ring.length === 1) return false
  event.preventDefault()
  const at = ring.findIndex((element) => element === document.activeElement)
  ring.at((at + step) % ring.length)?.focus()
  return true
}

interface Props {
  readonly commands: readonly MenuCommand[]
  readonly field: { readonly current: HTMLElement | null }
  readonly onChoose: (command: string) => void
  /** Called when Escape closes the menu. */
  readonly onClose: () => void
}

/** The menu of commands above the composer. */
export function CommandMenu({ commands, field, onChoose, onClose }: Props) {
  if (commands.length === 0) return null
  const keyDown = (event: KeyboardEvent) => {
    if (moveInMenu(event, field.current)) return
    if (event.key === "Escape") onClose()
    // A letter is for the text field, which has the focus before the key's effect.
    if (event.key === "Escape" || isWritten(event)) field.current?.focus()
  }
  return (
    <ul class="command-menu" aria-label="Commands" onKeyDown={keyDown}>
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

function isWritten({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const edits = key === "Backspace" || (key.length === 1 && key !== " ")
  return edits && !ctrlKey && !metaKey && !altKey
}
