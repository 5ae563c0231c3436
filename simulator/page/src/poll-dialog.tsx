import { FormDialog } from "./form-dialog.js"
import { store } from "./page-store.js"
import { act } from "./server.js"
import type { WritingPlace } from "./writing-place.js"

interface Props {
  readonly place: WritingPlace
  readonly onClose: () => void
}

/** A dialog for a new poll, which it sends. */
export function PollDialog({ place, onClose }: Props) {
  const send = async (data: FormData) => {
    const asked = Object.fromEntries(data)
    return (await act("sendPoll", { as: store.state.me, ...place, ...asked })) !== undefined
  }
  return (
    <FormDialog title="New poll" action="Send" onSubmit={send} onClose={onClose}>
      <PollFields isQuiz={false} />
    </FormDialog>
  )
}

/** The fields of a new poll. */
export function PollFields({ isQuiz }: { isQuiz: boolean }) {
  return (
    <>
      <label class="field">
        <span>Question</span>
        <input name="question" required autocomplete="off" maxLength={300} />
      </label>
      <label class="field">
        <span>
          {isQuiz ? "Options, the correct one first" : "Options, each on a line of its own"}
        </span>
        <textarea name="options" rows={4} required />
      </label>
      {isQuiz ? <input type="hidden" name="quiz" value="yes" /> : null}
    </>
  )
}
