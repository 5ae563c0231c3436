import type { ReplyKey, ReplyKeyboard } from "../../src/page/protocol.js"

interface Props {
  readonly keyboard: ReplyKeyboard
  readonly onPress: (key: ReplyKey) => void
}

/** A bot's reply keyboard, below the text field; a press sends its text or the requested content. */
export function ReplyKeyboardView({ keyboard, onPress }: Props) {
  if (keyboard.rows.length === 0) return null
  return (
    <div class="reply-keyboard" role="group" aria-label="Reply keyboard">
      {keyboard.rows.map((row, index) => (
        <div class="keyboard-row" key={index}>
          {row.map((key, at) => (
            <button type="button" key={at} onClick={() => onPress(key)}>
              <bdi>{key.text}</bdi>
            </button>
          ))}
        </div>
      ))}
    </div>
  )
}
