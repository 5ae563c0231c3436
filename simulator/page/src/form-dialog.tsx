import type { ComponentChildren } from "preact"
import { Modal } from "./modal.js"

interface Props {
  readonly title: string
  /** The label of the submit button. */
  readonly action: string
  /** Called with the values. Resolves with true if they were accepted. */
  readonly onSubmit: (data: FormData) => Promise<boolean>
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A dialog with fields; it closes when their values were accepted. */
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
