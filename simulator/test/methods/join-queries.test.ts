import { expect, test } from "vitest"
import { MovableClock } from "../../src/index.js"
import { Meeting } from "../meeting.js"

/** A group whose requests to join a bot processes, and the query of Bob's request. */
async function asked(clock = new MovableClock()) {
  const world = await Meeting.start({ supports_join_request_queries: true, simulator: { clock } })
  const { telegram, ada, bob, bot } = world
  const group = telegram.supergroup({ title: "Club" }, ada, bot)
  await ada.promote(group, bot)
  await world.updates()
  await bob.requestToJoin(group)
  const [update] = await world.updates()
  const chat_join_request_query_id = update?.chat_join_request?.query_id
  const answer = (result: string) => ({ chat_join_request_query_id, result })
  const status = () =>
    world
      .result("getChatMember", { chat_id: group.id, user_id: bob.id })
      .then((member) => (member as { status: string }).status)
  return { world, answer, status, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

test.each([
  ["approve", "member"],
  ["decline", "left"],
  ["queue", "left"],
])("a request to join is answered once, with %j", async (result, expected) => {
  await using stage = await asked()
  const { world, answer, status } = stage
  expect(await world.refusal("answerChatJoinRequestQuery", answer("maybe"))).toMatch("invalid")
  expect(await world.result("answerChatJoinRequestQuery", answer(result))).toBe(true)
  expect(await status()).toBe(expected)
  expect(await world.refusal("answerChatJoinRequestQuery", answer("approve"))).toMatch("too old")
})

test("Telegram awaits the answer for 10 seconds", async () => {
  const clock = new MovableClock()
  await using stage = await asked(clock)
  await clock.advance(11_000)
  const { world, answer } = stage
  expect(await world.refusal("answerChatJoinRequestQuery", answer("approve"))).toMatch("too old")
})

test("a bot that does not process requests gets no query", async () => {
  await using world = await Meeting.start()
  const { telegram, ada, bob, bot } = world
  const group = telegram.supergroup({ title: "Club" }, ada, bot)
  await ada.promote(group, bot)
  await world.updates()
  await bob.requestToJoin(group)
  expect((await world.updates())[0]).not.toHaveProperty("chat_join_request.query_id")
})
