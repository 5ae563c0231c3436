import type { ReplyKeyboard } from "../../src/page/protocol.js"

interface Props {
  readonly keyboard: ReplyKeyboard
  readonly onPress: (text: string) => void
}

/** The keyboard that a bot shows in place of the letters: a press sends the button's text. */
export function ReplyKeyboardView({ keyboard, onPress }: Props) {
  if (keyboard.rows.length === 0) return null
  return (
    <div class="reply-keyboard" role="group" aria-label="Keyboard of the bot">
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
