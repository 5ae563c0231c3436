import type { Update } from "@grammyjs/types"
import fc from "fast-check"
import { expect, test } from "vitest"
import {
  updateChat,
  updateDate,
  updateLane,
  updateType,
  updateUser,
} from "../../src/telegram/update-facts.js"
import { updateTypes } from "../../src/telegram/update-types.js"

const type = fc.constantFrom(...updateTypes)
const newType = fc.stringMatching(/^[a-z][a-z_]{2,12}$/).filter((name) => name !== "update_id")
const id = fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).filter((number) => number !== 0)
const ids = fc.uniqueArray(id, { minLength: 2, maxLength: 2 })

/** The fields of a payload that are read. Their values may be unlike those that Telegram sends. */
const names = [
  "chat",
  "from",
  "user",
  "message",
  "boost",
  "source",
  "poll_id",
  "date",
  "id",
] as const
const payload = fc.dictionary(
  fc.constantFrom<string>(...names),
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom({ toString: 1, valueOf: 1 }, { id: { toString: 1, valueOf: 1 } }),
    id.map((number) => ({ id: number, chat: { id: number }, source: { user: { id: number } } })),
  ),
)

function of(kind: string, content: unknown): Update {
  // An older or newer Telegram may send any content.
  const payload: object = { [kind]: content }
  return { update_id: 1, ...payload }
}

test("the facts of any update can be read without a change to it", () => {
  fc.assert(
    fc.property(fc.oneof(type, newType), payload, (kind, content) => {
      const update = of(kind, content)
      const before = structuredClone(update)
      expect(updateType(update)).toBe(kind)
      expect(typeof updateLane(update)).toBe("string")
      expect(typeof updateLane(update, "user")).toBe("string")
      expect(["number", "undefined"]).toContain(typeof updateDate(update))
      updateChat(update)
      updateUser(update)
      expect(update).toEqual(before)
    }),
    { numRuns: 500 },
  )
})

const queries = [
  ...["pre_checkout_query", "shipping_query", "inline_query", "chosen_inline_result"],
  ...["widget_query", "shared_widget_query"],
]
/** The types whose order matters to a chat. */
const ordered = type.filter((kind) => !queries.includes(kind))

test("updates of one chat share a lane whatever their types, and updates of two chats never do", () => {
  const where = fc.constantFrom(
    (chat: number) => ({ chat: { id: chat } }),
    (chat: number) => ({ message: { chat: { id: chat } } }),
    (chat: number) => ({ chat: { id: chat }, from: { id: 77 } }),
    (chat: number) => ({ message: { chat: { id: chat } }, from: { id: 78 } }),
  )
  fc.assert(
    fc.property(
      ids,
      ordered,
      ordered,
      where,
      where,
      ([chat = 0, other = 0], one, two, put, place) => {
        expect(updateLane(of(one, put(chat)))).toBe(updateLane(of(two, place(chat))))
        expect(updateLane(of(one, put(chat)))).not.toBe(updateLane(of(two, place(other))))
      },
    ),
  )
})

test("with user lanes, updates of one user share a lane in all chats, and updates of two users never do", () => {
  const lane = (kind: string, user: number, chat: number) =>
    updateLane(of(kind, { chat: { id: chat }, from: { id: user } }), "user")
  fc.assert(
    fc.property(
      ids,
      ids,
      ordered,
      ordered,
      ([user = 0, other = 0], [chat = 0, second = 0], one, two) => {
        expect(lane(one, user, chat)).toBe(lane(two, user, second))
        expect(lane(one, user, chat)).not.toBe(lane(two, other, chat))
      },
    ),
  )
})
