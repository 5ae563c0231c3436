import type { ComponentChildren } from "preact"
import { Modal } from "./modal.js"

interface Props {
  readonly title: string
  /** What the button says that sends it. */
  readonly action: string
  /** Answers whether the dialog has done its work. */
  readonly onSubmit: (data: FormData) => Promise<boolean>
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A dialog with fields; it closes once what is in them was accepted. */
export function FormDialog({ title, action, onSubmit, onClose, children }: Props) {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (form instanceof HTMLFormElement && (await onSubmit(new FormData(form)))) onClose()
  }
  return (
    <Modal title={title} onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        {children}
        <div class="form-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            {action}
          </button>
        </div>
      </form>
    </Modal>
  )
}
