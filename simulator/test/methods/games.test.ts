import { expect, test } from "vitest"
import type { GameHighScore, Message } from "@grammyjs/types"
import { Meeting } from "../meeting.js"

const chess = { short_name: "chess", title: "Chess", description: "Two players" }

function start(): Promise<Meeting> {
  return Meeting.start({ games: [chess] })
}

test("a game is sent and started: the bot learns which one, and answers with its URL", async () => {
  await using world = await start()
  const { ada, bot } = world
  const sent = await world.result<Message>("sendGame", {
    chat_id: ada.id,
    game_short_name: "chess",
  })
  expect(sent).toMatchObject({
    game: { title: "Chess", description: "Two players", photo: [{ width: 1, height: 1 }] },
    reply_markup: { inline_keyboard: [[{ text: "Play Chess", callback_game: {} }]] },
  })
  const press = await ada.press(await ada.hears(), "Play Chess")
  const [update] = await world.updates()
  expect(update?.callback_query).toMatchObject({ id: press.id, game_short_name: "chess" })
  expect(update?.callback_query).not.toHaveProperty("data")
  const url = "https://example.com/chess"
  await world.result("answerCallbackQuery", { callback_query_id: press.id, url })
  expect(await press.answered).toMatchObject({ url })
  expect(bot.pendingUpdateCount).toBe(1)
})

test("scores increase, appear in the message, and form a table", async () => {
  await using world = await start()
  const { ada, bob, telegram, bot } = world
  const group = telegram.group({ title: "G" }, ada, bob, bot)
  const game = { chat_id: group.id, game_short_name: "chess" }
  const { message_id } = await world.result<Message>("sendGame", game)
  const at = { chat_id: group.id, message_id }
  const score = (user: { id: number }, points: number, more: object = {}) => ({
    ...at,
    user_id: user.id,
    score: points,
    ...more,
  })
  await world.result("setGameScore", score(ada, 5))
  const edited = await world.result<Message>("setGameScore", score(bob, 9))
  expect(edited.game?.text).toBe("Bob: 9\nAda: 5")
  expect(edited.edit_date).toBeGreaterThan(0)
  expect((await ada.seesEdit()).game?.text).toBe("Ada: 5")
  expect(await world.refusal("setGameScore", score(ada, 5))).toBe(
    "Bad Request: BOT_SCORE_NOT_MODIFIED",
  )
  expect(await world.refusal("setGameScore", score(ada, 4))).toBe(
    "Bad Request: BOT_SCORE_NOT_MODIFIED",
  )
  const quiet = { force: true, disable_edit_message: true }
  const kept = await world.result<Message>("setGameScore", score(ada, 1, quiet))
  expect(kept.game?.text).toBe("Bob: 9\nAda: 5")
  const table = await world.result<GameHighScore[]>("getGameHighScores", { ...at, user_id: ada.id })
  expect(table.map(({ position, user, score: points }) => [position, user.id, points])).toEqual([
    [1, bob.id, 9],
    [2, ada.id, 1],
  ])
})

test("the table has the first three players, and the requested one with two on either side", async () => {
  await using world = await start()
  const { ada, bot, telegram } = world
  const people = Array.from({ length: 12 }, (_, at) => telegram.user({ first_name: `P${at}` }))
  const group = telegram.group({ title: "G" }, ada, ...people, bot)
  const game = { chat_id: group.id, game_short_name: "chess" }
  const { message_id } = await world.result<Message>("sendGame", game)
  const at = { chat_id: group.id, message_id }
  for (const [index, { id: user_id }] of people.entries()) {
    await world.result("setGameScore", { ...at, user_id, score: 100 - index })
  }
  const asked = { ...at, user_id: people[8]!.id }
  const table = await world.result<GameHighScore[]>("getGameHighScores", asked)
  expect(table.map(({ position }) => position)).toEqual([1, 2, 3, 7, 8, 9, 10, 11])
})

test.each([
  ["sendGame", { game_short_name: "" }, 'parameter "game_short_name" is required'],
  ["sendGame", { game_short_name: "go" }, "wrong game short name specified"],
  ["sendGame", keyboard({ text: "x", callback_data: "x" }), "REPLY_MARKUP_GAME_EMPTY"],
  [
    "sendGame",
    keyboard({ text: "x", callback_data: "x" }, { text: "y", callback_game: {} }),
    "BUTTON_POS_INVALID",
  ],
  ["setGameScore", { message_id: 1, score: 1 }, "MESSAGE_ID_INVALID"],
  ["setGameScore", { message_id: 99, score: 1 }, "message to set game score not found"],
  ["getGameHighScores", { message_id: 99 }, "message to get game high scores not found"],
  ["getGameHighScores", { message_id: 1 }, "MESSAGE_ID_INVALID"],
])("%s with %j is refused: %s", async (method, params, reason) => {
  await using world = await start()
  const { id } = world.ada
  expect(await world.refusal(method, { chat_id: id, user_id: id, ...params })).toBe(
    `Bad Request: ${reason}`,
  )
})

function keyboard(...buttons: object[]): object {
  return { game_short_name: "chess", reply_markup: { inline_keyboard: [buttons] } }
}
