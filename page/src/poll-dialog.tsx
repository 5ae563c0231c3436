import { Modal } from "./modal.js"
import { store } from "./page-store.js"
import { act } from "./server.js"
import type { WritingPlace } from "./writing-place.js"

interface Props {
  readonly place: WritingPlace
  readonly onClose: () => void
}

/** Asks what a poll is to ask, and sends it. */
export function PollDialog({ place, onClose }: Props) {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const asked = Object.fromEntries(new FormData(form))
    if (await act("sendPoll", { as: store.state.me, ...place, ...asked })) onClose()
  }
  return (
    <Modal title="New poll" onClose={onClose}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <label class="field">
          <span>Question</span>
          <input name="question" required autocomplete="off" maxLength={300} />
        </label>
        <label class="field">
          <span>Options, each on a line of its own</span>
          <textarea name="options" rows={4} required />
        </label>
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
