import { useState } from "preact/hooks"
import type { PageChat } from "../../src/page/protocol.js"
import { copyText } from "./copy-text.js"
import { usePage } from "./page-store.js"

/** Shows the command that starts a program for the bot of a chat, if no program receives. */
export function NoReceiver({ chat }: { readonly chat: PageChat }) {
  const [isCopied, setCopied] = useState(false)
  const apiRoot = usePage((state) => state.apiRoot)
  const bots = usePage((state) => state.bots)
  const receiving = usePage((state) => state.receiving)
  const id = chat.bots.find((each) => {
    const how = receiving.get(each)
    return how !== undefined && !how.isPolling && (how.info["url"] ?? "") === ""
  })
  const bot = bots.get(id ?? 0)
  if (bot === undefined) return null
  const command = `TELEGRAM_API_ROOT=${apiRoot} BOT_TOKEN=${bot.token} node bot.js`
  const copy = async () => setCopied(await copyText(command))
  return (
    <section class="no-receiver" aria-label="No program is connected">
      <p>
        No program is connected to @<bdi>{bot.username}</bdi>. Start it with:
      </p>
      <code>{command}</code>
      <button type="button" onClick={() => void copy()}>
        {isCopied ? "Copied" : "Copy"}
      </button>
    </section>
  )
}
