import { describe, expect, test } from "vitest"
import { filters, Router } from "../../src/dispatch/index.js"
import { albums, bursts, pastes } from "../../src/gathering/index.js"
import { session } from "../../src/session/index.js"
import { pass, settle } from "../support/stopped-clock.js"
import { adasChat, channel, group, keptBot, updateWith } from "../support/updates.js"
import { edit, gatheringEach, idOf, idsOf, photo, text } from "./parts.js"

const { stage, put } = gatheringEach()

/** Registers a handler of albums that records the ids of the parts. */
function notedAlbums(options: Parameters<typeof albums>[0] = {}) {
  const seen: number[][] = []
  albums(options).handle(stage.dispatcher, (ctx) => void seen.push(idsOf(ctx.parts)))
  stage.dispatcher.start()
  return seen
}

describe("albums", () => {
  test("the parts of an album reach the handler once, in the order of their ids", async () => {
    const seen = notedAlbums()
    const [first, second, third] = [photo("a"), photo("a"), photo("a")]
    await put(first, third, second)
    await pass(1_499)
    expect(seen).toEqual([])
    await pass(1)
    expect(seen).toEqual([[idOf(first), idOf(second), idOf(third)]])
    await pass(3_600_000)
    expect(seen).toHaveLength(1)
  })

  test("an album of ten whose parts come 11 s apart is handled once, right after the tenth", async () => {
    const seen = notedAlbums()
    for (let count = 0; count < 10; count += 1) {
      await pass(11_000)
      await put(photo("a"))
    }
    await pass(0)
    expect(seen.map(({ length }) => length)).toEqual([10])
  })

  test("three parts that come 11 s apart are handled once", async () => {
    const seen = notedAlbums()
    for (let count = 0; count < 3; count += 1) {
      await put(photo("a"))
      await pass(11_000)
    }
    expect(seen).toEqual([])
    await pass(11_000)
    expect(seen.map(({ length }) => length)).toEqual([3])
  })

  test("an album of one waits for the second part, and is then handled", async () => {
    const seen = notedAlbums()
    await put(photo("a"))
    await pass(14_999)
    expect(seen).toEqual([])
    await pass(1)
    expect(seen.map(({ length }) => length)).toEqual([1])
  })

  test("an album ends `maxMs` after its first part, and later parts are another one", async () => {
    const seen = notedAlbums({ maxMs: 20_000 })
    for (let count = 0; count < 4; count += 1) {
      await put(photo("a"))
      await pass(9_000)
    }
    await pass(60_000)
    expect(seen.map(({ length }) => length)).toEqual([3, 1])
  })

  test("two albums whose parts interleave are two, and so are equal ids in two chats", async () => {
    const seen = notedAlbums()
    const updates = [photo("a"), photo("b"), photo("a"), photo("b"), photo("a", { chat: group })]
    await put(...updates)
    await pass(15_000)
    const [one, two, three, four, five] = updates.map(idOf)
    expect(seen).toEqual([[one, three], [two, four], [five]])
  })

  test("the caption is that of the part that has one, with its formatting", async () => {
    const captions: unknown[] = []
    albums().handle(stage.dispatcher, (ctx) => void captions.push(ctx.caption))
    stage.dispatcher.start()
    const bold = [{ type: "bold", offset: 0, length: 4 }]
    await put(photo("a"), photo("a"), photo("a", { caption: "Rome", caption_entities: bold }))
    await put(photo("b"), photo("b"))
    await pass(1_500)
    expect(captions).toEqual([{ text: "Rome", entities: bold }, undefined])
  })

  test("a part that is edited meanwhile is handled in its new form", async () => {
    const [captions, edits]: [unknown[], unknown[]] = [[], []]
    albums().handle(stage.dispatcher, (ctx) => {
      captions.push(ctx.caption?.text, ctx.parts.length, ctx.updateType)
    })
    stage.dispatcher.editedMessage((ctx) => void edits.push(ctx.message.caption))
    stage.dispatcher.start()
    const [first, second] = [photo("a", { caption: "Rom" }), photo("a")]
    await put(first, second, edit(first, { caption: "Rome" }))
    await pass(1_500)
    expect(captions).toEqual(["Rome", 2, "message"])
    await put(edit(first, { caption: "Roma" }))
    expect(edits).toEqual(["Roma"])
  })

  test("an album in a topic is answered in that topic, and each part can be reacted to", async () => {
    const { bot, calls } = keptBot()
    const dispatcher = stage.dispatcherWith({ bot })
    albums().handle(dispatcher, async (ctx) => {
      await ctx.reply("Thanks")
      await ctx.react("👍")
      await ctx.of(ctx.parts[1] ?? ctx.message).react("👎")
    })
    dispatcher.start()
    const topic = { chat: group, is_topic_message: true, message_thread_id: 5 }
    const [first, second] = [photo("a", topic), photo("a", topic)]
    await put(first, second)
    await pass(1_500)
    await dispatcher.stop()
    expect(calls.map(({ params }) => params)).toEqual([
      { chat_id: group.id, message_thread_id: 5, text: "Thanks" },
      expect.objectContaining({ chat_id: group.id, message_id: idOf(first) }),
      expect.objectContaining({ chat_id: group.id, message_id: idOf(second) }),
    ])
  })

  test("the context is that of the first part, with derived values and state", async () => {
    const seen: unknown[] = []
    const count = session("count", { initial: () => ({ albums: 0 }) })
    const app = stage.dispatcher.derive(count)
    albums().handle(app, async (ctx) => {
      ctx.count.albums += 1
      ctx.state.set("last", "album", ctx.message.media_group_id)
      seen.push(ctx.count.albums, ctx.from?.id, ctx.receivedAt.getTime())
      seen.push(ctx.update.message?.message_id === ctx.parts[0]?.message_id)
    })
    app.command("last", async (ctx) => {
      seen.push(ctx.count.albums, await ctx.state.get("last", "album"))
    })
    stage.dispatcher.start()
    const start = Date.now()
    await put(photo("a"))
    await pass(1_000)
    await put(photo("a"))
    await pass(2_000)
    const entities = [{ type: "bot_command", offset: 0, length: 5 }]
    await put(text("/last", { entities }))
    expect(seen).toEqual([1, 7, start, true, 1, "a"])
  })

  test("other updates of the chat are handled meanwhile", async () => {
    const order: string[] = []
    albums().handle(stage.dispatcher, () => void order.push("album"))
    stage.dispatcher.on(filters.text, (ctx) => void order.push(ctx.message.text))
    stage.dispatcher.start()
    await put(photo("a"), text("between"), photo("a"))
    await pass(1_500)
    expect(order).toEqual(["between", "album"])
  })

  test("a handler that is registered before gets the parts, and a filter leaves parts out", async () => {
    const single: unknown[] = []
    const early = new Router()
    early.on(filters.chatType("private"), (ctx) => void single.push(ctx.message?.message_id))
    stage.dispatcher.use(early)
    const seen = notedAlbums({ filter: (update) => update.message?.caption !== "no" })
    const inGroup = photo("a", { chat: group })
    await put(photo("a"), inGroup, photo("a", { chat: group, caption: "no" }))
    await pass(15_000)
    expect(single).toHaveLength(1)
    expect(seen).toEqual([[idOf(inGroup)]])
  })

  test("albums in a channel are gathered if the options say so", async () => {
    const seen: unknown[] = []
    albums({ types: ["channel_post"] }).handle(stage.dispatcher, (ctx) => {
      seen.push(ctx.channelPost.message_id, ctx.parts.length, ctx.chat.id)
    })
    stage.dispatcher.start()
    expect(stage.dispatcher.allowedUpdates).toEqual(["channel_post", "edited_channel_post"])
    const parts = [photo("a"), photo("a")]
    for (const { message } of parts) {
      await stage.put(updateWith({ channel_post: { ...message, chat: channel, from: undefined } }))
    }
    await pass(1_500)
    expect(seen).toEqual([parts[0] && idOf(parts[0]), 2, channel.id])
  })

  test("parts that wait behind a slow handler join the album, although its time is over", async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const seen: number[] = []
    albums().handle(stage.dispatcher, (ctx) => void seen.push(ctx.parts.length))
    stage.dispatcher.on(filters.text, () => gate)
    stage.dispatcher.start()
    const puts = [stage.put(photo("a")), stage.put(text("slow"))]
    await pass(20_000)
    puts.push(stage.put(photo("a")), stage.put(photo("a")))
    release()
    await pass(0)
    await Promise.all(puts)
    expect(seen).toEqual([])
    await pass(60_000)
    expect(seen).toEqual([3])
  })
})

describe("late parts", () => {
  test("parts that come after the end are an album of their own", async () => {
    const seen = notedAlbums()
    const updates = [photo("a"), photo("a"), photo("a")]
    await put(...updates.slice(0, 2))
    await pass(60_000)
    await put(...updates.slice(2))
    await pass(15_000)
    const [one, two, three] = updates.map(idOf)
    expect(seen).toEqual([[one, two], [three]])
  })

  test("`late` gets all parts that come after the end at once, next to those that were handled", async () => {
    const seen: unknown[] = []
    albums().handle(stage.dispatcher, (ctx) => void seen.push(idsOf(ctx.parts)), {
      late: (ctx) => void seen.push({ parts: idsOf(ctx.parts), handled: idsOf(ctx.handled) }),
    })
    stage.dispatcher.start()
    const updates = [photo("a"), photo("a"), photo("a"), photo("a"), photo("a")]
    const [one, two, three, four, five] = updates.map(idOf)
    await put(...updates.slice(0, 2))
    await pass(60_000)
    await put(...updates.slice(2, 4))
    await pass(1_500)
    await put(...updates.slice(4))
    await pass(1_500)
    expect(seen).toEqual([
      [one, two],
      { parts: [three, four], handled: [one, two] },
      { parts: [five], handled: [one, two, three, four] },
    ])
  })

  test("an album is forgotten after `lateMs`", async () => {
    const seen: string[] = []
    const late = () => void seen.push("late")
    albums({ lateMs: 60_000 }).handle(stage.dispatcher, () => void seen.push("album"), { late })
    stage.dispatcher.start()
    await put(photo("a"), photo("a"))
    await pass(61_600)
    await put(photo("a"), photo("a"))
    await pass(1_500)
    expect(seen).toEqual(["album", "album"])
  })

  test.each([Infinity, 86_400_000.5])("an album can be known for %d ms", async (lateMs) => {
    const seen: string[] = []
    const late = () => void seen.push("late")
    albums({ lateMs }).handle(stage.dispatcher, () => void seen.push("album"), { late })
    stage.dispatcher.start()
    await put(photo("a"), photo("a"))
    await pass(7_200_000)
    await put(photo("a"))
    await pass(1_500)
    expect(seen).toEqual(["album", "late"])
  })
})

describe("failures", () => {
  test("a handler that fails is called again with all parts", async () => {
    const seen: unknown[] = []
    const dispatcher = stage.dispatcherWith({ attempts: { backoff: () => 5_000 } })
    dispatcher.catch((_error, ctx) => void seen.push(ctx.chat?.id))
    albums().handle(dispatcher, (ctx) => {
      seen.push([ctx.parts.length, ctx.attempt])
      if (ctx.attempt < 3) throw new Error("Not yet")
    })
    dispatcher.start()
    await put(photo("a"), photo("a"), photo("a"))
    await pass(20_000)
    await dispatcher.stop()
    expect(seen).toEqual([[3, 1], 7, [3, 2], 7, [3, 3]])
  })

  test("a part that comes before the retry joins the album", async () => {
    const seen: number[] = []
    const dispatcher = stage.dispatcherWith({ attempts: { max: 1 } })
    dispatcher.catch(() => {})
    albums().handle(dispatcher, (ctx) => {
      seen.push(ctx.parts.length)
      if (ctx.parts.length < 3) throw new Error("Too few")
    })
    dispatcher.start()
    await put(photo("a"), photo("a"))
    await pass(1_500)
    // The album is set aside now, with its parts.
    await put(photo("a"))
    await pass(30_000)
    await dispatcher.stop()
    expect(seen).toEqual([2, 3])
  })

  test("without attempts, a failed album is done and leaves nothing behind", async () => {
    const seen: number[] = []
    stage.dispatcher.catch(() => {})
    albums().handle(stage.dispatcher, (ctx) => {
      seen.push(ctx.parts.length)
      throw new Error("Failed")
    })
    stage.dispatcher.start()
    await put(photo("a"), photo("a"))
    await pass(1_500)
    await put(photo("a"), photo("a"))
    await pass(60_000)
    expect(seen).toEqual([2, 2])
  })

  test("an album of another version of the program that this one does not know is set aside", async () => {
    const seen = notedAlbums()
    await put(photo("a"), photo("a"))
    await stage.dispatcher.stop()
    stage.dispatcher = stage.dispatcherWith({})
    stage.dispatcher.start()
    await pass(1_500)
    expect(stage.queue.setAsideUpdates).toHaveLength(1)
    expect(stage.logger.lines.join("\n")).toContain('No handler of the event "gathering album"')
    expect(seen).toEqual([])
  })

  test("an album in the form of another version of Sounder is set aside", async () => {
    const seen = notedAlbums()
    const key = { botId: 110, space: "gathering album", key: `${adasChat.id}:a` }
    await stage.queue.state.write([{ kind: "set", key, json: '{"form":9}' }])
    await put(photo("a"))
    expect(stage.queue.setAsideUpdates).toHaveLength(1)
    expect(seen).toEqual([])
  })

  test("a stop during a gathering keeps the parts for the next start", async () => {
    const seen = notedAlbums()
    await put(photo("a"), photo("a"))
    await stage.dispatcher.stop()
    stage.dispatcher = stage.dispatcherWith({})
    albums().handle(stage.dispatcher, (ctx) => void seen.push(idsOf(ctx.parts)))
    await pass(600_000)
    stage.dispatcher.start()
    await settle()
    // Further parts may have come meanwhile.
    await put(photo("a"))
    await pass(60_000)
    expect(seen.map(({ length }) => length)).toEqual([3])
  })

  test("wrong options are mistakes of the program", () => {
    expect(() => albums({ types: ["edited_message" as "message"] })).toThrow(TypeError)
    expect(() => albums({ quietMs: -1 })).toThrow(TypeError)
    expect(() => pastes({ minLength: 5_000 })).toThrow(TypeError)
    expect(() => bursts(undefined as never)).toThrow(TypeError)
    expect(() => albums().handle(stage.dispatcher, undefined as never)).toThrow(TypeError)
  })
})
