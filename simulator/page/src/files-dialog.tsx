import { useEffect, useMemo, useState } from "preact/hooks"
import { Modal } from "./modal.js"
import { kindOf, sendFiles } from "./send-files.js"
import type { WritingPlace } from "./writing-place.js"

interface Props {
  readonly place: WritingPlace
  readonly files: readonly File[]
  /** Whether pictures are sent as documents unless the person changes it. */
  readonly asFiles: boolean
  readonly onClose: () => void
}

/** Shows files before they are sent, with a field for the caption. */
export function FilesDialog({ place, files, asFiles, onClose }: Props) {
  const [caption, setCaption] = useState("")
  const [isPlain, setPlain] = useState(asFiles)
  const title = files.length === 1 ? "Send a file" : `Send ${files.length} files`
  const send = (event: Event) => {
    event.preventDefault()
    onClose()
    void sendFiles(place, files, { caption, asFiles: isPlain })
  }
  return (
    <Modal title={title} onClose={onClose}>
      <form class="form" onSubmit={send}>
        <ul class="chosen-files">
          {files.map((file, index) => (
            <li key={index}>
              {kindOf(file, false) === "photo" ? <Preview file={file} /> : null}
              <bdi>{file.name}</bdi>
            </li>
          ))}
        </ul>
        <label class="field">
          <span>Caption</span>
          <input
            value={caption}
            dir="auto"
            onInput={({ currentTarget }) => setCaption(currentTarget.value)}
          />
        </label>
        {files.some((file) => kindOf(file, false) !== "document") ? (
          <label class="check">
            <input
              type="checkbox"
              checked={isPlain}
              onChange={({ currentTarget }) => setPlain(currentTarget.checked)}
            />
            Send as a file, without a preview
          </label>
        ) : null}
        <div class="form-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Send
          </button>
        </div>
      </form>
    </Modal>
  )
}

function Preview({ file }: { readonly file: File }) {
  const url = useMemo(() => URL.createObjectURL(file), [file])
  useEffect(() => () => URL.revokeObjectURL(url), [url])
  return <img src={url} alt="" />
}
