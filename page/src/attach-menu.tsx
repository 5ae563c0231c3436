import { useRef } from "preact/hooks"
import { Icon } from "./icon.js"

interface Props {
  readonly onFile: (file: File, isPhoto: boolean) => void
}

/** Takes a photo or a file. */
export function AttachMenu({ onFile }: Props) {
  const details = useRef<HTMLDetailsElement>(null)
  const chosen = (input: HTMLInputElement, isPhoto: boolean) => {
    const [file] = input.files ?? []
    if (file !== undefined) onFile(file, isPhoto)
    input.value = ""
    if (details.current !== null) details.current.open = false
  }
  const close = (event: KeyboardEvent) => {
    if (event.key === "Escape" && details.current !== null) details.current.open = false
  }
  return (
    <details class="attach" ref={details} onKeyDown={close}>
      <summary class="icon-button" aria-label="Attach" title="Attach">
        <Icon name="attach" />
      </summary>
      <div class="attach-menu">
        <label>
          Photo
          <input
            type="file"
            accept="image/*"
            onChange={({ currentTarget }) => chosen(currentTarget, true)}
          />
        </label>
        <label>
          File
          <input type="file" onChange={({ currentTarget }) => chosen(currentTarget, false)} />
        </label>
      </div>
    </details>
  )
}
