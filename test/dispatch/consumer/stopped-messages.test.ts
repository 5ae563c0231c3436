import { describe, expect, test } from "vitest"
import { registerDraft } from "../../../src/dispatch/context/drafts.js"
import { Interrupted } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { rejectedBy } from "../../support/aborts.js"
import { adasChat, textUpdate, updateWith } from "../../support/updates.js"
import { deferred } from "../../support/waiting.js"
import { interruptingEach } from "./interrupting.js"

const { stage, onText } = interruptingEach()

function stopUpdate(draftId: number, chat = adasChat) {
  return updateWith({ stopped_message_generation: { chat, draft_id: draftId } })
}

describe("Telegram's stop of a message that the bot generates", () => {
  test("interrupts the handler of its chat that streams no known draft", async () => {
    const seen: number[] = []
    stage.dispatcher.stoppedMessageGeneration(
      (ctx) => void seen.push(ctx.stoppedMessageGeneration.draft_id),
    )
    const running = onText()
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    await Promise.all([put, stage.put(stopUpdate(3))])
    expect(signal.reason).toBeInstanceOf(Interrupted)
    expect(seen).toEqual([3])
  })

  test("interrupts the handler that streams the draft, and not one that streams another", async () => {
    const gate = deferred()
    const running = onText((ctx) => {
      registerDraft(ctx, { chatId: 7, draftId: 3 })
      return Promise.race([rejectedBy(ctx.signal), gate.promise])
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    const others = [stage.put(stopUpdate(4)), stage.put(stopUpdate(3, { ...adasChat, id: 8 }))]
    await new Promise((resolve) => setImmediate(resolve))
    expect(signal.aborted).toBe(false)
    await Promise.all([put, ...others, stage.put(stopUpdate(3))])
    expect(signal.reason).toMatchObject({ update: { stopped_message_generation: { draft_id: 3 } } })
  })

  test("finds the handler that streams the draft in any lane", async () => {
    stage.queue = new MemoryQueue({ lane: (update) => `${update.update_id}` })
    stage.dispatcher = stage.dispatcherWith({})
    const running = onText((ctx) => {
      registerDraft(ctx, { chatId: 7, draftId: 3 })
      return rejectedBy(ctx.signal)
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    await Promise.all([put, stage.put(stopUpdate(3))])
    expect(signal.reason).toBeInstanceOf(Interrupted)
  })

  test("interrupts no handler that has ended the draft and streams the next one", async () => {
    const gate = deferred()
    const running = onText((ctx) => {
      registerDraft(ctx, { chatId: 7, draftId: 3 }).remove()
      registerDraft(ctx, { chatId: 7, draftId: 4 })
      return gate.promise
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    const stopped = stage.put(stopUpdate(3))
    await new Promise((resolve) => setImmediate(resolve))
    expect(signal.aborted).toBe(false)
    gate.resolve()
    await Promise.all([put, stopped])
  })

  test("of a wrong shape interrupts nothing, and the put succeeds", async () => {
    const gate = deferred()
    const running = onText(() => gate.promise)
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    const odd = updateWith({ stopped_message_generation: {}, message: { chat: adasChat } })
    const stopped = stage.put(odd)
    expect(signal.aborted).toBe(false)
    gate.resolve()
    await Promise.all([put, stopped])
  })
})
