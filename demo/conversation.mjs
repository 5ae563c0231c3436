// @ts-check

/**
 * Simulates a first conversation with the demo's bot.
 *
 * @param {import("@sounder/simulator").Simulator} telegram
 * @param {import("@sounder/simulator").SimulatedBot} bot
 */
export async function play(telegram, bot) {
  const ada = telegram.user({ first_name: "Ada" })

  /** @param {string} text */
  const say = async (text) => {
    await ada.send(bot, text)
    return ada.hears()
  }

  expect(await say("/start"), "Hello, Ada!")
  expect(await say("Is anybody there?"), "You said: Is anybody there?")
  const press = await ada.press(await say("/count"), "Press me")
  expect(await ada.seesEdit(), "Pressed 1 time")
  expect(await press.answered, "That makes 1")
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
