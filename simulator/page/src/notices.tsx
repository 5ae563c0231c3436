import { useEffect } from "preact/hooks"
import { Modal } from "./modal.js"
import type { Notice } from "./page-state.js"
import { store, usePage } from "./page-store.js"

const shownMs = 5000

/** The notices: bots' answers to button presses, and errors. */
export function Notices() {
  const notices = usePage((state) => state.notices)
  const alert = notices.find(({ kind }) => kind === "alert")
  const notes = notices.filter(({ kind }) => kind !== "alert")
  return (
    <>
      <div class="notices" role="status" aria-live="polite">
        {notes.map((notice) => (
          <Note key={notice.id} notice={notice} />
        ))}
      </div>
      {alert ? <Alert key={alert.id} notice={alert} /> : null}
    </>
  )
}

function Note({ notice }: { readonly notice: Notice }) {
  useEffect(() => {
    const timer = setTimeout(() => store.dismiss(notice.id), shownMs)
    return () => clearTimeout(timer)
  }, [notice.id])
  return (
    <div class={`note ${notice.kind}`} dir="auto">
      {notice.text === "" ? "The bot opens a link" : notice.text} <NoticeLink notice={notice} />
    </div>
  )
}

function Alert({ notice }: { readonly notice: Notice }) {
  const close = () => store.dismiss(notice.id)
  return (
    <Modal title="Message from the bot" onClose={close}>
      <p dir="auto">{notice.text}</p>
      <NoticeLink notice={notice} />
      <div class="form-buttons">
        <button type="button" class="primary" onClick={close}>
          OK
        </button>
      </div>
    </Modal>
  )
}

function NoticeLink({ notice: { url } }: { readonly notice: Notice }) {
  if (url === undefined || !/^https?:/i.test(url)) return null
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {url}
    </a>
  )
}
