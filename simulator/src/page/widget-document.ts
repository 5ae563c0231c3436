import { widgetOf } from "../world/widget-book.js"
import type { World } from "../world/world.js"
import { chatOfKey } from "./chat-key.js"

/** The headers of a widget: a page of its own, without access to the network and to the chat page. */
export const widgetSafety = {
  "Content-Security-Policy":
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; " +
    "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'self'",
  "X-Frame-Options": "SAMEORIGIN",
}

/**
 * The object with which a widget asks its bot. The chat page, which is the parent, makes the query. The object also
 * tells the page the height of the widget.
 */
const bridge = `<!doctype html><meta charset="utf-8"><script>
{
  const waiting = new Map()
  let last = 0
  addEventListener("message", ({ source, data }) => {
    if (source !== parent) return
    const { resolve, reject } = waiting.get(data.id) ?? {}
    waiting.delete(data.id)
    if (data.error === undefined) resolve?.({ result: data.result })
    else reject?.(new Error(data.error))
  })
  globalThis.TelegramWidget = {
    request: (data) =>
      new Promise((resolve, reject) => {
        waiting.set((last += 1), { resolve, reject })
        parent.postMessage({ id: last, request: String(data) }, "*")
      }),
  }
  addEventListener("load", () => {
    const tell = () => parent.postMessage({ height: document.documentElement.scrollHeight }, "*")
    new ResizeObserver(tell).observe(document.body)
    tell()
  })
}
</script>
`

/** Returns the page of a message's widget. Throws if there is none. */
export function widgetDocument(world: World, { searchParams }: URL): Buffer {
  const where = chatOfKey(world, searchParams.get("chat") ?? "")
  const message = where.messages.get(Number(searchParams.get("message")))
  const widget = message && widgetOf(message)
  if (widget === undefined) throw new TypeError("There is no such widget")
  return Buffer.from(bridge + widget.html)
}
