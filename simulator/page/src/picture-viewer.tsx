import { useLayoutEffect, useRef } from "preact/hooks"
import type { Message } from "../../../src/telegram/types.js"
import { useBack } from "./back.js"
import { IconButton } from "./icon-button.js"
import { senderName } from "./names.js"
import { store, usePage } from "./page-store.js"
import { fileUrl } from "./server.js"
import { timeOf } from "./times.js"

/** A photo in full size, above the page. Escape or a press next to the photo closes it. */
export function PictureViewer() {
  const viewed = usePage((state) => state.viewed)
  return viewed === undefined ? null : <Viewer message={viewed} />
}

function Viewer({ message }: { readonly message: Message }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const close = () => store.view(undefined)
  useBack(true, close)
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  const { photo = [], caption } = message
  const largest = photo.at(-1)
  if (largest === undefined) return null
  const turn = ({ key }: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
    const next = step === undefined ? undefined : photoNextTo(message, step)
    if (next) store.view(next)
  }
  const sizes = photo.map(({ width, height }) => `${width} × ${height}`)
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={`Photo by ${senderName(message)}`}
      onCancel={close}
      onKeyDown={turn}
      onClick={({ target }) => void (target instanceof HTMLImageElement || close())}
    >
      <IconButton icon="close" label="Close the photo" onClick={close} />
      <img
        src={fileUrl(largest.file_id)}
        width={largest.width}
        height={largest.height}
        alt={caption ?? "Photo"}
      />
      <p>
        <bdi>{senderName(message)}</bdi>, {timeOf(message.date)}
        <span class="viewer-sizes">Sizes: {sizes.join(", ")}</span>
      </p>
    </dialog>
  )
}

/** Returns the next photo of the open chat in a direction. */
function photoNextTo({ message_id: id }: Message, step: number): Message | undefined {
  const { loaded, openChat = "" } = store.state
  const photos = (loaded.get(openChat)?.messages ?? []).filter(({ photo }) => photo !== undefined)
  return photos[photos.findIndex(({ message_id }) => message_id === id) + step]
}
