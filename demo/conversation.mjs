// @ts-check

/**
 * Plays a first conversation with the demo's bot, and prints it.
 *
 * @param {import("@sounder/simulator").Simulator} telegram
 * @param {import("@sounder/simulator").SimulatedBot} bot
 */
export async function play(telegram, bot) {
  const ada = telegram.user({ first_name: "Ada" })

  /** @param {string} text */
  const say = async (text) => {
    console.log(`Ada   ${text}`)
    await ada.send(bot, text)
    const answer = await ada.hears()
    console.log(`Bot   ${answer.text}`)
    return answer
  }

  expect(await say("/start"), "Hello, Ada!")
  expect(await say("Is anybody there?"), "You said: Is anybody there?")
  const counter = await say("/count")
  console.log("Ada   [Press me]")
  const press = await ada.press(counter, "Press me")
  const edited = await ada.seesEdit()
  console.log(`Bot   ${edited.text} (an edit)`)
  expect(edited, "Pressed 1 time")
  console.log(`Bot   ${(await press.answered).text} (on the screen)`)
}

/**
 * @param {{ text?: string }} message
 * @param {string} beginning
 */
function expect(message, beginning) {
  if (!message.text?.startsWith(beginning)) {
    throw new Error(`Expected the bot to answer "${beginning}…", got "${message.text}"`)
  }
}
