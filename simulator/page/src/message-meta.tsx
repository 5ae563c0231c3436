import type { PageMark } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { isEphemeral } from "./seen-by.js"
import { timeOf } from "./times.js"

interface Props {
  readonly message: Message
  readonly isOwn: boolean
  readonly mark: PageMark | undefined
}

/** The time of a message, and the receipt of the person's own message. */
export function MessageMeta({ message, isOwn, mark }: Props) {
  return (
    <span class="meta">
      {isEphemeral(message) ? `only ${isOwn ? "the bot sees" : "you see"} this · ` : null}
      {message.edit_date === undefined ? null : "edited "}
      <time>{timeOf(message.date)}</time>
      {isOwn && mark?.receipt ? <Ticks receipt={mark.receipt} /> : null}
    </span>
  )
}

type Receipt = NonNullable<PageMark["receipt"]>

const meanings: Readonly<Record<Receipt, string>> = {
  waiting: "Sent: the bot has not received it yet",
  received: "Received by the bot",
  unsent: "Not sent to a bot: privacy mode, or an update type that the bot does not allow",
  lost: "Lost: the update was dropped before the bot received it",
}

const paths: Readonly<Record<Receipt, string>> = {
  waiting: "m6 6.500 3.500 3.500L16 2.500",
  received: "m1 6.500 3.500 3.500L11 2.500M8.500 9l1 1L16 2.500",
  unsent: "M9 1.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9M6 9l6-6",
  lost: "m6 3 6 6m0-6L6 9",
}

function Ticks({ receipt }: { readonly receipt: Receipt }) {
  const meaning = meanings[receipt]
  return (
    <svg class={`ticks ${receipt}`} viewBox="0 0 17 12" role="img" aria-label={meaning}>
      <title>{meaning}</title>
      <path d={paths[receipt]} />
    </svg>
  )
}
