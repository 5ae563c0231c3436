import type { ReplyKeyboard } from "../../src/page/protocol.js"

interface Props {
  readonly keyboard: ReplyKeyboard
  readonly onPress: (text: string) => void
}

/** A bot's reply keyboard, below the text field; a press sends the button's text. */
export function ReplyKeyboardView({ keyboard, onPress }: Props) {
  if (keyboard.rows.length === 0) return null
  return (
    <div class="reply-keyboard" role="group" aria-label="Reply keyboard">
      {keyboard.rows.map((row, index) => (
        <div class="keyboard-row" key={index}>
          {row.map((text, at) => (
            <button type="button" key={at} onClick={() => onPress(text)}>
              <bdi>{text}</bdi>
            </button>
          ))}
        </div>
      ))}
    </div>
  )
}
