import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Filter, filters } from "../../../src/dispatch/index.js"
import type { Message, Update } from "../../../src/telegram/types.js"
import {
  ada,
  channel,
  group,
  messageOf,
  messageUpdate,
  textUpdate,
  updateWith,
} from "../../support/updates.js"

const { and, or, not } = filters
const file = { file_id: "f", file_unique_id: "u" }

/** A filter, messages that match, and messages that do not. */
type Row = readonly [string, Filter, readonly object[], readonly object[]]

const rows: Row[] = [
  ["message", filters.message, [{}, { text: "x" }, { photo: [] }], []],
  ["text", filters.text, [{ text: "x" }, { text: "" }], [{ caption: "x" }, {}]],
  ["caption", filters.caption, [{ caption: "x" }], [{ text: "x" }]],
  [
    "command",
    filters.command,
    [{ text: "/a", entities: [{ type: "bot_command", offset: 0, length: 2 }] }],
    [
      { text: "/a" },
      { text: "x /a", entities: [{ type: "bot_command", offset: 2, length: 2 }] },
      { caption: "/a", caption_entities: [{ type: "bot_command", offset: 0, length: 2 }] },
    ],
  ],
  ["regex at the start", filters.regex(/b+/y), [{ text: "ba" }, { text: "bb" }], [{ text: "ab" }]],
  ["regex", filters.regex(/b+/g), [{ text: "abb" }, { caption: "b" }], [{ text: "a" }, {}]],
  [
    "entity of a kind",
    filters.entity("url"),
    [{ text: "x", entities: [{ type: "bold" }, { type: "url" }] }],
    [{ text: "x", entities: [{ type: "bold" }] }, { caption_entities: [{ type: "url" }] }, {}],
  ],
  [
    "entity of any kind",
    filters.entity(),
    [{ entities: [{ type: "bold" }] }],
    [{ entities: [] }, {}],
  ],
  [
    "captionEntity",
    filters.captionEntity("hashtag"),
    [{ caption_entities: [{ type: "hashtag" }] }],
    [{ entities: [{ type: "hashtag" }] }, {}],
  ],
  [
    "mention",
    filters.mention("@Ada_L", 9),
    [
      { text: "hi @ada_l", entities: [{ type: "mention", offset: 3, length: 6 }] },
      { caption: "@ADA_L", caption_entities: [{ type: "mention", offset: 0, length: 6 }] },
      { text: "Bob", entities: [{ type: "text_mention", offset: 0, length: 3, user: { id: 9 } }] },
    ],
    [
      { text: "hi @ada_l" },
      { text: "hi @ada_lo", entities: [{ type: "mention", offset: 3, length: 7 }] },
      { text: "Bob", entities: [{ type: "text_mention", offset: 0, length: 3, user: { id: 8 } }] },
    ],
  ],
  [
    "documentType",
    filters.documentType("application/pdf", "image/*"),
    [
      { document: { ...file, mime_type: "Application/PDF" } },
      { document: { mime_type: "image/png" } },
    ],
    [
      { document: { mime_type: "application/pdfx" } },
      { document: file },
      { document: { mime_type: "imagex/a" } },
      {},
    ],
  ],
  [
    "documentExtension",
    filters.documentExtension("pdf", ".tar.gz"),
    [{ document: { file_name: "A.PDF" } }, { document: { file_name: "x.tar.gz" } }],
    [{ document: { file_name: "apdf" } }, { document: file }, {}],
  ],
  [
    "diceEmoji",
    filters.diceEmoji("🎯"),
    [{ dice: { emoji: "🎯", value: 1 } }],
    [{ dice: { emoji: "🎲", value: 1 } }, {}],
  ],
  ["chatType", filters.chatType("private", "channel"), [{}, { chat: channel }], [{ chat: group }]],
  ["groups", filters.groups, [{ chat: group }, { chat: { id: 1, type: "group" } }], [{}]],
  [
    "chat",
    filters.chat(-100, "@News"),
    [{ chat: group }, { chat: { id: 5, type: "channel", username: "news" } }],
    [{}, { chat: { id: 100, type: "group" } }],
  ],
  ["chat with none named", filters.chat(), [], [{}, { chat: group }]],
  ["forum", filters.forum, [{ chat: { ...group, is_forum: true } }], [{ chat: group }, {}]],
  [
    "topic",
    filters.topic(),
    [{ is_topic_message: true, message_thread_id: 4 }],
    [{ message_thread_id: 4 }, {}],
  ],
  [
    "topic with ids",
    filters.topic(4, 5),
    [{ is_topic_message: true, message_thread_id: 5 }],
    [{ is_topic_message: true, message_thread_id: 6 }],
  ],
  [
    "directMessagesTopic",
    filters.directMessagesTopic(3),
    [{ direct_messages_topic: { topic_id: 3 } }],
    [{ direct_messages_topic: { topic_id: 4 } }, {}],
  ],
  [
    "user",
    filters.user(1, "ADA_L"),
    [{ from: { id: 1 } }, { from: ada }],
    [{ from: { id: 2 } }, { from: undefined }],
  ],
  [
    "user by an id that is text",
    filters.user("1", "-2"),
    [{ from: { id: 1 } }, { from: { id: -2 } }],
    [{ from: { id: 2 } }, { from: { id: 12 } }, { from: { id: 3, username: "a1" } }],
  ],
  ["user with none named", filters.user(), [], [{ from: ada }]],
  ["viaBot", filters.viaBot(), [{ via_bot: { id: 3 } }], [{}]],
  [
    "viaBot by name",
    filters.viaBot("@gif"),
    [{ via_bot: { id: 3, username: "gif" } }],
    [{ via_bot: { id: 3 } }],
  ],
  ["senderChat", filters.senderChat(), [{ sender_chat: channel }], [{}]],
  [
    "senderChat by id",
    filters.senderChat(-200),
    [{ sender_chat: channel }],
    [{ sender_chat: group }],
  ],
  ["premium", filters.premium, [{ from: { ...ada, is_premium: true } }], [{}, { from: undefined }]],
  ["fromBot", filters.fromBot, [{ from: { ...ada, is_bot: true } }], [{}]],
  [
    "language",
    filters.language("de", "pt-BR"),
    [{ from: { ...ada, language_code: "de-AT" } }, { from: { ...ada, language_code: "PT-br" } }],
    [{ from: { ...ada, language_code: "pt" } }, { from: ada }, { from: undefined }],
  ],
  [
    "anonymousAdministrator",
    filters.anonymousAdministrator,
    [{ chat: group, sender_chat: group }],
    [
      { chat: group, sender_chat: channel },
      { chat: group },
      { chat: channel, sender_chat: channel },
    ],
  ],
  ["attachment", filters.attachment, [{ photo: [] }, { poll: {} }], [{ text: "x" }]],
  ["service", filters.service, [{ pinned_message: {} }, { new_chat_title: "x" }], [{ text: "x" }]],
]

/** The filters of people and chats, for any type of update. */
const ofAnyType = [
  "chatType",
  "groups",
  "chat",
  "forum",
  "user",
  "premium",
  "fromBot",
  "language",
].concat("anonymousAdministrator", "senderChat")
const isOfAnyType = ([name]: Row) => ofAnyType.includes(name.split(" ", 1)[0] ?? "")

describe("a filter of people or chats matches updates of any type", () => {
  test.each(rows.filter(isOfAnyType))("%s", (_, filter, wanted, unwanted) => {
    const kindsOf = (fields: object) => [
      messageUpdate(fields),
      updateWith({ edited_message: messageOf(fields) }),
      updateWith({ channel_post: messageOf(fields) }),
      updateWith({ business_message: messageOf(fields) }),
    ]
    for (const update of wanted.flatMap(kindsOf)) expect(filter(update), show(update)).toBe(true)
    for (const update of unwanted.flatMap(kindsOf)) expect(filter(update), show(update)).toBe(false)
    for (const fields of wanted) {
      expect(filters.edited(filter)(updateWith({ edited_message: messageOf(fields) }))).toBe(true)
    }
  })

  const press = (from: object, chat: object) =>
    updateWith({ callback_query: { id: "1", from, data: "x", message: messageOf({ chat }) } })
  const inline = updateWith({ inline_query: { id: "1", from: ada, query: "", offset: "" } })
  const reaction = { chat: group, message_id: 1, date: 1, old_reaction: [], new_reaction: [] }

  test("a press has the user who pressed, and the chat of its message", () => {
    const update = press({ ...ada, language_code: "de", is_premium: true }, group)
    const wanting = [filters.user(ada.id), filters.chat(-100), filters.groups, filters.premium]
    for (const filter of [...wanting, filters.language("de")]) expect(filter(update)).toBe(true)
    for (const filter of [filters.user(9), filters.chat(7), filters.chatType("private")]) {
      expect(filter(update)).toBe(false)
    }
  })

  test("a guard for all but the owner permits all updates of the owner", () => {
    const strangers = not(filters.user(ada.id))
    const poll = updateWith({ poll_answer: { poll_id: "1", user: ada, option_ids: [] } })
    const own = [textUpdate("x"), press(ada, group), inline, poll]
    expect(own.filter(strangers)).toEqual([])
    expect(strangers(press({ id: 9 }, group))).toBe(true)
  })

  test("an update without a chat matches no filter of chats", () => {
    expect(filters.chatType("private", "group", "supergroup", "channel")(inline)).toBe(false)
    expect(filters.chat(ada.id)(inline)).toBe(false)
  })

  test("an anonymous administrator reacts as the group, and a reacting channel is no administrator", () => {
    const as = (actor_chat: object) => updateWith({ message_reaction: { ...reaction, actor_chat } })
    expect(filters.anonymousAdministrator(as(group))).toBe(true)
    expect(filters.anonymousAdministrator(as(channel))).toBe(false)
  })

  test("fields of another type match no person", () => {
    const odd = updateWith({
      message: { from: { id: {}, username: 5, language_code: 7 }, chat: 5 },
    })
    for (const filter of [filters.user(1), filters.language("de"), filters.chat(5), filters.groups])
      expect(filter(odd)).toBe(false)
  })
})

describe("a filter matches new messages of its kind", () => {
  test.each(rows.filter((row) => !isOfAnyType(row)))("%s", (_, filter, wanted, unwanted) => {
    for (const fields of wanted) expect(filter(messageUpdate(fields)), show(fields)).toBe(true)
    for (const fields of unwanted) expect(filter(messageUpdate(fields)), show(fields)).toBe(false)
    for (const fields of wanted) {
      expect(filter(updateWith({ edited_message: messageOf(fields) }))).toBe(false)
      expect(filters.edited(filter)(updateWith({ edited_message: messageOf(fields) }))).toBe(true)
    }
    expect(filter(updateWith({ callback_query: { id: "1", message: messageOf({}) } }))).toBe(false)
  })
})

describe("a filter named for a field matches messages that have the field", () => {
  const renamed: Record<string, keyof Message> = {
    reply: "reply_to_message",
    externalReply: "external_reply",
    storyReply: "reply_to_story",
    forwarded: "forward_origin",
    automaticForward: "is_automatic_forward",
    mediaGroup: "media_group_id",
    effect: "effect_id",
    paidPost: "is_paid_post",
    fromOffline: "is_from_offline",
  }
  const tabled = new Set(rows.map(([name]) => name.split(" ", 1)[0]))
  const lifts = new Set([
    "edited",
    "channelPost",
    "editedChannelPost",
    "businessMessage",
    "editedBusinessMessage",
    "guestMessage",
  ])
  // Filters with tests of their own.
  const others = new Set(["and", "or", "not", "forwardedFrom"])
  const ofMembers = (name: string) =>
    /^(bot[A-Z]|joined|left$|promoted|demoted|(un)?restricted|(un)?banned)/.test(name)
  const names = Object.keys(filters).filter(
    (name) => !tabled.has(name) && !lifts.has(name) && !others.has(name) && !ofMembers(name),
  )

  test("there is a filter for each kind of media and of service message", () => {
    expect(names.length).toBeGreaterThan(80)
  })

  test.each(names)("%s", (name) => {
    const field = renamed[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    // The remaining exports are filters.
    const filter = Reflect.get(filters, name) as Filter
    expect(filter(messageUpdate({ [field]: {} }))).toBe(true)
    expect(filter(messageUpdate({ text: "x" }))).toBe(false)
  })

  test("service matches every service message", () => {
    const service = names.filter((name) =>
      /^(new|left|delete|group|super|forum|general|video.?[Cc]hat|boost|migrate|web|pinned)/.test(
        name,
      ),
    )
    expect(service.length).toBeGreaterThan(15)
    for (const name of service) {
      const field = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      expect(filters.service(messageUpdate({ [field]: {} })), name).toBe(true)
    }
  })
})

describe("a lift applies a message filter to another kind of message", () => {
  const lifts = [
    ["edited_message", filters.edited],
    ["channel_post", filters.channelPost],
    ["edited_channel_post", filters.editedChannelPost],
    ["business_message", filters.businessMessage],
    ["edited_business_message", filters.editedBusinessMessage],
    ["guest_message", filters.guestMessage],
  ] as const

  test.each(lifts)("%s", (kind, lift) => {
    const lifted = lift(and(filters.text, not(filters.forwarded)))
    expect(lifted(updateWith({ [kind]: messageOf({ text: "x" }) }))).toBe(true)
    expect(lifted(updateWith({ [kind]: messageOf({ text: "x", forward_origin: {} }) }))).toBe(false)
    expect(lifted(updateWith({ [kind]: messageOf({ caption: "x" }) }))).toBe(false)
    expect(lifted(textUpdate("x"))).toBe(false)
  })

  test("is also a function of the user's own, which then gets a new message", () => {
    const seen: Update[] = []
    const lifted = filters.edited((update) => Boolean(seen.push(update)))
    const update = updateWith({ edited_message: messageOf({ text: "x" }) })
    expect(lifted(update)).toBe(true)
    expect(lifted(textUpdate("x"))).toBe(false)
    expect(seen).toEqual([{ update_id: update.update_id, message: update.edited_message }])
  })

  test("of a filter that matches no messages matches nothing", () => {
    const lifted = filters.edited(filters.channelPost(filters.text))
    expect(lifted(updateWith({ edited_message: messageOf({ text: "x" }) }))).toBe(false)
  })
})

describe("and, or, not", () => {
  const always = () => true
  const never = () => false

  test("without filters: `and` matches everything, `or` nothing", () => {
    expect(and()(textUpdate("x"))).toBe(true)
    expect(or()(textUpdate("x"))).toBe(false)
  })

  test("call no more filters than necessary, in order", () => {
    const asked: string[] = []
    const ask = (name: string, answer: boolean) => () => asked.push(name) > 0 && answer
    and(ask("a", true), ask("b", false), ask("c", true))(textUpdate("x"))
    or(ask("d", false), ask("e", true), ask("f", true))(textUpdate("x"))
    expect(asked).toEqual(["a", "b", "d", "e"])
  })

  test("not matches updates of other types too", () => {
    expect(not(filters.text)(updateWith({ poll: { id: "1" } }))).toBe(true)
    expect(not(filters.text)(textUpdate("x"))).toBe(false)
  })

  test("obey the rules of logic", () => {
    const filter = fc.constantFrom<Filter>(always, never, filters.text, filters.photo)
    const update = fc.constantFrom(textUpdate("x"), messageUpdate({ photo: [] }), updateWith({}))
    fc.assert(
      fc.property(filter, filter, update, (one, other, given) => {
        expect(not(and(one, other))(given)).toBe(or(not(one), not(other))(given))
        expect(not(or(one, other))(given)).toBe(and(not(one), not(other))(given))
        expect(not(not(one))(given)).toBe(one(given))
        expect(and(one, other)(given)).toBe(one(given) && other(given))
      }),
    )
  })

  test("leave the given filters unchanged", () => {
    const mine = () => true
    and(mine, filters.text)
    or(mine, filters.text)
    not(mine)
    expect(Reflect.ownKeys(mine).filter((key) => typeof key === "symbol")).toEqual([])
  })
})

function show(fields: object): string {
  return JSON.stringify(fields)
}
