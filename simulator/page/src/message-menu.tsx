import { useLayoutEffect, useRef } from "preact/hooks"
import type { PageChat } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { copyText } from "./copy-text.js"
import { Icon, type IconName } from "./icon.js"
import type { Point } from "./long-press.js"
import { isEphemeral } from "./seen-by.js"
import { store } from "./page-store.js"
import { offeredEmoji, react } from "./reactions.js"
import { act } from "./server.js"

/** The messages whose menu is open, and its place. */
export interface OpenMenu {
  /** One message, or the messages of an album. */
  readonly messages: readonly Message[]
  readonly at: Point
}

interface Props {
  readonly chat: PageChat
  readonly menu: OpenMenu
  readonly onClose: () => void
  readonly onReply: (message: Message) => void
  readonly onEdit: (message: Message) => void
  readonly onForward: (messages: readonly Message[]) => void
}

interface Item {
  readonly icon: IconName
  readonly name: string
  readonly run: () => void
}

/** The menu of a message: emoji to react with, and actions. */
export function MessageMenu(props: Props) {
  const { chat, menu, onClose } = props
  const [message] = menu.messages
  const element = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => open(element.current, menu.at), [])
  useOutsidePress(element, onClose)
  if (message === undefined) return null
  const run = (action: () => void) => {
    onClose()
    action()
  }
  const { message_id: messageId } = message
  return (
    <div
      ref={element}
      class="message-menu"
      popover="manual"
      role="menu"
      aria-label="Message"
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Tab") onClose()
        else moveFocus(event)
      }}
    >
      <div class="menu-emoji">
        {offeredEmoji.map((emoji) => (
          <button
            type="button"
            role="menuitem"
            key={emoji}
            aria-label={`React with ${emoji}`}
            onClick={() =>
              run(() => react({ chat: chat.key, messageId, me: store.state.me }, emoji))
            }
          >
            {emoji}
          </button>
        ))}
      </div>
      {itemsOf(props, message).map(({ icon, name, run: action }) => (
        <button type="button" role="menuitem" key={name} onClick={() => run(action)}>
          <Icon name={icon} /> {name}
        </button>
      ))}
    </div>
  )
}

function itemsOf({ chat, menu, ...on }: Props, message: Message): Item[] {
  const { messages } = menu
  const as = store.state.me
  const { message_id } = message
  const text = messages.map((each) => each.text ?? each.caption).find((each) => each !== undefined)
  const isPinned = chat.pinnedIds.includes(message_id)
  const pin = () => void act(isPinned ? "unpin" : "pin", { as, chat: chat.key, message_id })
  const ids = messages.map((each) => each.message_id)
  const remove = () => void act("delete", { as, chat: chat.key, message_ids: ids })
  const json = JSON.stringify(messages.length === 1 ? message : messages, undefined, 2)
  const items: (Item | false)[] = [
    { icon: "reply", name: "Reply", run: () => on.onReply(message) },
    isEditable(message, as) && { icon: "edit", name: "Edit", run: () => on.onEdit(message) },
    text !== undefined && { icon: "copy", name: "Copy text", run: () => void copyText(text) },
    { icon: "code", name: "Copy as JSON", run: () => void copyText(json) },
    { icon: "pin", name: isPinned ? "Unpin" : "Pin", run: pin },
    { icon: "forward", name: "Forward", run: () => on.onForward(messages) },
    { icon: "bin", name: "Delete", run: remove },
  ]
  return items.filter((item) => item !== false)
}

/** Returns whether a person can edit a message: an own text or caption that is not forwarded. */
export function isEditable(message: Message, me: number | undefined): boolean {
  const { from, via_bot, forward_origin, text, caption } = message
  const isOwn = from?.id === me && via_bot === undefined && forward_origin === undefined
  return isOwn && !isEphemeral(message) && (text ?? caption) !== undefined
}

/** Closes the menu at a press outside. */
function useOutsidePress(
  element: { readonly current: HTMLElement | null },
  onClose: () => void,
): void {
  useLayoutEffect(() => {
    const pressed = ({ target }: Event) => {
      if (!(target instanceof Node) || !element.current?.contains(target)) onClose()
    }
    document.addEventListener("pointerdown", pressed)
    return () => document.removeEventListener("pointerdown", pressed)
  }, [])
}

// A popover is in the top layer, so that no row clips the menu. The popover is manual, because an automatic one
// would close when the button that opened it is released.
function open(element: HTMLDivElement | null, at: Point): (() => void) | undefined {
  if (element === null) return undefined
  const before = document.activeElement
  element.showPopover()
  const { offsetWidth, offsetHeight } = element
  element.style.left = `${Math.max(8, Math.min(at.x, innerWidth - offsetWidth - 8))}px`
  element.style.top = `${Math.max(8, Math.min(at.y, innerHeight - offsetHeight - 8))}px`
  element.querySelector<HTMLElement>(":scope > button")?.focus()
  return () => {
    const hasFocus = element.contains(document.activeElement)
    if (hasFocus && before instanceof HTMLElement) before.focus()
  }
}

const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
}

function moveFocus(event: KeyboardEvent): void {
  const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return
  event.preventDefault()
  const items = [...event.currentTarget.querySelectorAll("button")]
  const at = items.findIndex((item) => item === document.activeElement)
  items[(at + step + items.length) % items.length]?.focus()
}
