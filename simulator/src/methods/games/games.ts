import type { GameHighScore, Message } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { gameMessage } from "../../world/game-book.js"
import { gameContent } from "../../world/game-content.js"
import { editableChat, writableChat } from "../chat-argument.js"
import { deliver } from "../deliver.js"
import { markupArgument } from "../markup-argument.js"
import { userArgument } from "../member-argument.js"
import { messageIn, ownMessage, type PlacedMessage } from "../message-argument.js"
import { requiredText } from "../required-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for games and their high scores. */
export const gameMethods: MethodTable = { sendGame, setGameScore, getGameHighScores }

/** The numbers of high scores around a player, and at the top, in `getGameHighScores`. */
const neighbours = 2
const leaders = 3
function sendGame(call: Call): Message {
  const where = writableChat(call, "game")
  const { bot, args, world } = call
  if (where.chat.type === "channel") throw CallError.badRequest("GAME_CHANNEL_INVALID")
  const shortName = requiredText(args, "game_short_name")
  const content = gameContent(world, bot.me.id, shortName)
  if (content === undefined) throw CallError.badRequest("wrong game short name specified")
  checkMarkup(call)
  const message = deliver(call, where, content)
  const name = gameMessage(bot.me.id, where.chat.id, message.message_id)
  world.games.sent(name, shortName)
  return message
}

function setGameScore(call: Call): Message | true {
  const { args, world } = call
  const user = userArgument(call)
  const score = args.integer("score", 0, -(2 ** 31), 2 ** 31 - 1)
  if (score < 0) throw CallError.badRequest("BOT_SCORE_NOT_MODIFIED")
  const { where, message, isInline } = gameOf(call, "set game score")
  const scores = tableOf(call, message)
  const currentScore = scores.get(user.id)
  const isForced = args.flag("force") && currentScore !== score
  if (!isForced && score <= (currentScore ?? 0))
    throw CallError.badRequest("BOT_SCORE_NOT_MODIFIED")
  scores.set(user.id, score)
  if (args.flag("disable_edit_message") || message.game === undefined) {
    return isInline ? true : message
  }
  const text = ranking(call, scores)
    .slice(0, leaders)
    .map(({ user: { first_name }, score: points }) => `${first_name}: ${points}`)
    .join("\n")
  const edited = { ...message, game: { ...message.game, text }, edit_date: world.now }
  world.edit(where, edited)
  return isInline ? true : edited
}

function getGameHighScores(call: Call): GameHighScore[] {
  const user = userArgument(call)
  const { message } = gameOf(call, "get game high scores")
  const all = ranking(call, tableOf(call, message))
  const at = all.findIndex((each) => each.user.id === user.id)
  const isNear = (index: number) => at !== -1 && Math.abs(index - at) <= neighbours
  return all.filter((_, index) => index < leaders || isNear(index))
}

function gameOf(call: Call, role: string): PlacedMessage {
  if (call.args.text("inline_message_id") !== "") return ownMessage(call)
  const where = editableChat(call)
  return { where, message: messageIn(call, where, role), isInline: false }
}

function tableOf({ bot, world }: Call, { chat, message_id }: Message): Map<number, number> {
  const shortName = world.games.of(gameMessage(bot.me.id, chat.id, message_id))
  if (shortName === undefined) throw CallError.badRequest("MESSAGE_ID_INVALID")
  return world.games.scores(`${bot.me.id}:${chat.id}:${shortName}`)
}

function ranking({ world }: Call, scores: ReadonlyMap<number, number>): GameHighScore[] {
  const sorted = [...scores].toSorted(([, one], [, other]) => other - one)
  return sorted.flatMap(([id, score], index) => {
    const user = world.userOf(id)
    return user === undefined ? [] : [{ position: index + 1, user, score }]
  })
}

// The first button of a game's keyboard starts the game.
function checkMarkup({ args }: Call): void {
  const markup = markupArgument(args)
  if (markup === undefined) return
  const buttons = markup.inline_keyboard.flat()
  const at = buttons.findIndex((button) => "callback_game" in button)
  if (at === -1) throw CallError.badRequest("REPLY_MARKUP_GAME_EMPTY")
  if (at > 0) throw CallError.badRequest("BUTTON_POS_INVALID")
}
