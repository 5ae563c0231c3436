import { expect, test } from "vitest"
import { lifetime } from "../../src/delivery/lifetimes.js"

const now = 1_000_000
const shift = (n: number) => n * 2 ** 33
const chat = { id: -7 }
const from = { id: 5 }
const date = now - 100

test.each([
  ["message", { chat, date }, date + 86_400, -7],
  ["edited_message", { chat, date, edit_date: now }, now + 86_400, -7],
  ["channel_post", { chat, date }, date + 86_400, -7],
  ["business_message", { chat, date }, date + 86_400, -7 + shift(11)],
  ["deleted_business_messages", { chat }, now + 86_400, -7 + shift(11)],
  ["guest_message", { chat, date }, date + 86_400, -7 + shift(12)],
  ["inline_query", { id: "1", from }, now + 30, 5 + shift(1)],
  ["chosen_inline_result", { from }, now + 600, 5 + shift(2)],
  ["callback_query", { id: "1", from, message: { chat } }, now + 150, 5 + shift(3)],
  ["shipping_query", { from }, now + 150, 5 + shift(4)],
  ["pre_checkout_query", { from }, now + 150, 5 + shift(4)],
  ["my_chat_member", { chat, from, date }, date + 86_400, -7 + shift(5)],
  [
    "chat_member",
    { chat, from, date, new_chat_member: { user: { id: 9 } } },
    date + 86_400,
    9 + shift(6),
  ],
  ["chat_join_request", { chat, from, date }, date + 86_400, 5 + shift(6)],
  ["chat_boost", { chat, boost: { add_date: date } }, date + 86_400, -7 + shift(7)],
  ["removed_chat_boost", { chat, remove_date: date }, date + 86_400, -7 + shift(7)],
  ["message_reaction", { chat, user: from, date }, date + 86_400, -7 + shift(8)],
  ["message_reaction_count", { chat, date }, date + 86_400, -7 + shift(9)],
  ["business_connection", { user: from }, now + 86_400, 5 + shift(10)],
  ["purchased_paid_media", { from }, now + 86_400, 5 + shift(12)],
  ["managed_bot", { user: from }, now + 86_400, 5 + shift(13)],
  ["poll", { id: "77" }, now + 86_400, 77],
  ["poll_answer", { poll_id: "5211236789012345678" }, now + 86_400, 5_211_236_789_012_345_678n],
  ["of_tomorrow", {}, now + 86_400, 0],
])("%s %j lives until %d in sub-queue %d", (type, payload, expiresAt, subQueue) => {
  expect(lifetime(type, payload, now)).toEqual({ expiresAt, subQueue })
})
