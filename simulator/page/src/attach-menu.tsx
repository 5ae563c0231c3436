import { useRef, useState } from "preact/hooks"
import { Icon } from "./icon.js"
import { store } from "./page-store.js"
import { PollDialog } from "./poll-dialog.js"
import { sendSticker } from "./send-files.js"
import { act } from "./server.js"
import type { WritingPlace } from "./writing-place.js"

interface Props {
  readonly place: WritingPlace
  /** Called with the chosen files, and whether to send pictures as documents. */
  readonly onFiles: (files: readonly File[], asFiles: boolean) => void
}

/** The menu of the contents that can be sent besides text. */
export function AttachMenu({ place, onFiles }: Props) {
  const details = useRef<HTMLDetailsElement>(null)
  const [isAsking, ask] = useState(false)
  const close = () => {
    if (details.current !== null) details.current.open = false
  }
  const chosen = (input: HTMLInputElement, asFiles: boolean) => {
    const files = [...(input.files ?? [])]
    if (files.length > 0) onFiles(files, asFiles)
    input.value = ""
    close()
  }
  const sticker = (input: HTMLInputElement) => {
    const [file] = input.files ?? []
    if (file) void sendSticker(place, file)
    input.value = ""
    close()
  }
  const share = (action: string, more = {}) => {
    close()
    void act(action, { as: store.state.me, ...place, ...more })
  }
  return (
    <>
      <details
        class="attach"
        ref={details}
        onKeyDown={({ key }) => void (key === "Escape" && close())}
      >
        <summary class="icon-button" aria-label="Attach" title="Attach">
          <Icon name="attach" />
        </summary>
        <div class="attach-menu">
          <label>
            Photo or video
            <input
              type="file"
              multiple
              accept="image/*,video/*"
              onChange={({ currentTarget }) => chosen(currentTarget, false)}
            />
          </label>
          <label>
            File
            <input
              type="file"
              multiple
              onChange={({ currentTarget }) => chosen(currentTarget, true)}
            />
          </label>
          <label>
            Sticker
            <input
              type="file"
              accept=".webp,.webm,.tgs"
              onChange={({ currentTarget }) => sticker(currentTarget)}
            />
          </label>
          <button type="button" onClick={() => share("sendDice", { emoji: "🎲" })}>
            Dice
          </button>
          <button type="button" onClick={() => share("sendLocation")}>
            Location
          </button>
          <button type="button" onClick={() => share("sendContact")}>
            My phone number
          </button>
          <button
            type="button"
            onClick={() => {
              close()
              ask(true)
            }}
          >
            Poll
          </button>
        </div>
      </details>
      {isAsking ? <PollDialog place={place} onClose={() => ask(false)} /> : null}
    </>
  )
}
