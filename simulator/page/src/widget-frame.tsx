import { useEffect, useRef, useState } from "preact/hooks"
import type { Message } from "../../../src/telegram/types.js"
import { store } from "./page-store.js"
import { act } from "./server.js"

interface Props {
  readonly chat: string
  readonly message: Message
  readonly widget: NonNullable<Message["widget"]>
}

/** The heights to which Telegram's apps limit a widget, in pixels. */
const [minHeight, maxHeight] = [50, 600]

/** A widget, in a frame without access to the page and to the network. */
export function WidgetFrame({ chat, message, widget }: Props) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(widget.height ?? minHeight)
  useEffect(() => {
    const hear = async ({ source, data }: MessageEvent<FrameMessage>) => {
      const inside = frame.current?.contentWindow
      if (!inside || source !== inside || typeof data !== "object" || data === null) return
      if (typeof data.height === "number" && widget.height === undefined) setHeight(data.height)
      if (typeof data.request !== "string") return
      const asked = { as: store.state.me, chat, message_id: message.message_id, data: data.request }
      const answer = await act<{ readonly data?: string }>("queryWidget", asked)
      const outcome = answer ? { result: answer.data } : { error: "The query failed" }
      // The frame has an origin that no address names.
      inside.postMessage({ id: data.id, ...outcome }, "*")
    }
    const listen = (event: MessageEvent<FrameMessage>) => void hear(event)
    addEventListener("message", listen)
    return () => removeEventListener("message", listen)
  }, [chat, message.message_id, widget.height])
  const query = new URLSearchParams({ chat, message: String(message.message_id) })
  return (
    <iframe
      ref={frame}
      class="widget"
      title="Widget"
      sandbox="allow-scripts"
      src={`/page/widget?${query}`}
      width={widget.width}
      height={Math.min(Math.max(height, minHeight), maxHeight)}
    />
  )
}

/** A message of the frame, which a widget can invent. */
interface FrameMessage {
  readonly id?: unknown
  readonly request?: unknown
  readonly height?: unknown
}
