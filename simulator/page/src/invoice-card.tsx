import { useState } from "preact/hooks"
import type { Message } from "../../../src/telegram/types.js"
import { moneyOf } from "./money.js"
import { store } from "./page-store.js"
import { act } from "./server.js"

interface Props {
  readonly chat: string
  readonly message: Message
  readonly invoice: NonNullable<Message["invoice"]>
}

/** An invoice, with a button that pays it. */
export function InvoiceCard({ chat, message, invoice }: Props) {
  const [isPaying, setPaying] = useState(false)
  const pay = async () => {
    setPaying(true)
    await act("pay", { as: store.state.me, chat, message_id: message.message_id })
    setPaying(false)
  }
  return (
    <div class="card" dir="auto">
      <strong>{invoice.title}</strong>
      <div>{invoice.description}</div>
      <button type="button" class="pay" disabled={isPaying} onClick={() => void pay()}>
        {isPaying ? "Asking the bot…" : `Pay ${moneyOf(invoice)}`}
      </button>
    </div>
  )
}
