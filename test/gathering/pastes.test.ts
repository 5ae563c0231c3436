import { describe, expect, test } from "vitest"
import { filters } from "../../src/dispatch/index.js"
import { bursts, pastes } from "../../src/gathering/index.js"
import { pass } from "../support/stopped-clock.js"
import { group } from "../support/updates.js"
import { gatheringEach, text } from "./parts.js"

const { stage, put } = gatheringEach()

/** Registers a handler of pastes that records their texts, and a handler of all other texts. */
function notedPastes(options: Parameters<typeof pastes>[0] = {}) {
  const [pasted, others]: [string[], string[]] = [[], []]
  pastes(options).handle(stage.dispatcher, (ctx) => void pasted.push(ctx.text.text))
  stage.dispatcher.on(filters.text, (ctx) => void others.push(ctx.message.text))
  stage.dispatcher.start()
  return { pasted, others }
}

describe("pastes", () => {
  test("a paste of 12,000 characters is one text", async () => {
    const { pasted, others } = notedPastes()
    const whole = "0123456789".repeat(1_200)
    await put(
      text(whole.slice(0, 4_096)),
      text(whole.slice(4_096, 8_192)),
      text(whole.slice(8_192)),
    )
    expect(pasted).toEqual([])
    await pass(1_500)
    expect(pasted).toEqual([whole])
    expect(others).toEqual([])
  })

  test("a text shorter than the limit ends a paste at once", async () => {
    const { pasted } = notedPastes()
    await put(text("a".repeat(4_096)), text("b"))
    await pass(0)
    expect(pasted).toEqual([`${"a".repeat(4_096)}b`])
  })

  test("a text of exactly 4,096 characters alone waits once", async () => {
    const { pasted, others } = notedPastes()
    await put(text("a".repeat(4_096)))
    await pass(1_499)
    expect(pasted).toEqual([])
    await pass(1)
    expect(pasted).toEqual(["a".repeat(4_096)])
    await put(text("b"))
    await pass(60_000)
    expect(pasted).toHaveLength(1)
    expect(others).toEqual(["b"])
  })

  test("short texts and commands do not wait, also during a paste", async () => {
    const { pasted, others } = notedPastes()
    await put(text("a".repeat(4_096)))
    const entities = [{ type: "bot_command", offset: 0, length: 5 }]
    await put(text("/stop", { entities }))
    expect(others).toEqual(["/stop"])
    await put(text("b"))
    await pass(0)
    expect(pasted).toEqual([`${"a".repeat(4_096)}b`])
  })

  test("texts of two people, and of two topics, are not joined", async () => {
    const { pasted, others } = notedPastes()
    const [ann, bob] = [20, 21].map((id) => ({ from: { id, is_bot: false, first_name: "A" } }))
    const topic = { chat: group, is_topic_message: true, message_thread_id: 5 }
    await put(text("a".repeat(4_000), { ...ann, chat: group }), text("b", { ...bob, chat: group }))
    await put(text("c", { ...ann, ...topic }), text("d", { ...ann, chat: group }))
    await pass(1_500)
    expect(pasted).toEqual([`${"a".repeat(4_000)}d`])
    expect(others).toEqual(["b", "c"])
  })

  test("a text that was written later does not join, although it comes at the same time", async () => {
    const { pasted, others } = notedPastes()
    const date = Math.floor(Date.now() / 1_000)
    await put(text("a".repeat(4_096), { date: date - 600 }), text("b", { date }))
    await pass(60_000)
    expect(pasted).toEqual(["a".repeat(4_096)])
    expect(others).toEqual(["b"])
  })

  test("a second paste right after the first one is another paste", async () => {
    const { pasted } = notedPastes()
    await put(text("a".repeat(4_096)), text("b"), text("c".repeat(4_096)), text("d"))
    await pass(60_000)
    expect(pasted).toEqual([`${"a".repeat(4_096)}b`, `${"c".repeat(4_096)}d`])
  })

  test("the formatting goes on across a cut", async () => {
    const seen: unknown[] = []
    pastes().handle(stage.dispatcher, (ctx) => void seen.push(ctx.text.entities))
    stage.dispatcher.start()
    const bold = (offset: number, length: number) => [{ type: "bold", offset, length }]
    await put(
      text("a".repeat(4_096), { entities: bold(4_000, 96) }),
      text("b".repeat(10), { entities: bold(0, 4) }),
    )
    await pass(0)
    expect(seen).toEqual([bold(4_000, 100)])
  })

  test("the number of parts is bounded, and so is their size", async () => {
    const { pasted } = notedPastes({ maxParts: 3 })
    for (let count = 0; count < 5; count += 1) await put(text("a".repeat(4_096)))
    await pass(60_000)
    expect(pasted.map(({ length }) => length)).toEqual([3 * 4_096, 2 * 4_096])
  })

  test("parts that are together too large to be stored are handled in several pastes", async () => {
    const { pasted } = notedPastes({ maxParts: 1_000 })
    for (let count = 0; count < 100; count += 1) await put(text("a".repeat(4_096)))
    await pass(60_000)
    expect(pasted).toHaveLength(2)
    expect(pasted.join("")).toHaveLength(100 * 4_096)
  })
})

describe("bursts", () => {
  test("forwarded messages that a person sends at once are one burst", async () => {
    const seen: number[] = []
    bursts(filters.forwarded, { quietMs: 500 }).handle(stage.dispatcher, (ctx) => {
      seen.push(ctx.parts.filter(({ forward_origin: origin }) => origin.type === "user").length)
    })
    stage.dispatcher.start()
    const origin = { type: "user", date: 1, sender_user: { id: 1, is_bot: false, first_name: "A" } }
    const forwarded = (content: string) => text(content, { forward_origin: origin })
    await put(forwarded("a"), forwarded("b"), text("of my own"), forwarded("c"))
    await pass(500)
    expect(seen).toEqual([3])
    await put(forwarded("d"))
    await pass(500)
    expect(seen).toEqual([3, 1])
  })
})
