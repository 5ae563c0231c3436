import type { Game } from "@grammyjs/types"
import { photoOf } from "./media/stored-media.js"
import type { MessageContent, World } from "./world.js"

// A placeholder photo of one pixel, because a simulated game has no picture.
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)

/**
 * Returns the content of a message with a game of a bot, and the button that starts it; `undefined`
 * if the bot has no game of this name.
 */
export function gameContent(
  world: World,
  botId: number,
  shortName: string,
): MessageContent | undefined {
  const { games } = world.profiles.of(botId)
  const traits = games.find(({ short_name }) => short_name === shortName)
  if (traits === undefined) return undefined
  const { title, description } = traits
  const file = world.files.add("photos", { name: "game.png", type: "image/png", bytes: picture })
  const game: Partial<Game> = { title, description, photo: photoOf(file) }
  const button = { text: `Play ${title}`, callback_game: {} }
  // The types require members that Telegram leaves out if they are empty.
  return { game: game as Game, reply_markup: { inline_keyboard: [[button]] } }
}
