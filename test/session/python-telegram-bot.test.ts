import { filters, type Router } from "../../src/dispatch/index.js"
import { botData, chatData, userData } from "../../src/session/index.js"
import type { Update } from "../../src/telegram/types.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { type Behaviour, describeBehaviours } from "../support/python-telegram-bot.js"
import { messageUpdate, textUpdate } from "../support/updates.js"

const stage = dispatchedEach()
const initial = () => ({ n: 0 })
const supergroup = -1_001_234_567_890

/** A text of a group. */
function inGroup(chat: number, user = 7): Update {
  const from = { id: user, is_bot: false, first_name: "A" }
  return textUpdate("x", { chat: { id: chat, type: "group", title: "G" }, from })
}

/** Counts texts in data. Resolves with the counts of a last text of each chat. */
function counted(
  count: (router: typeof stage.dispatcher, note: (n: number) => void) => void,
  updates: readonly Update[],
): () => Promise<string[]> {
  return async () => {
    const seen: string[] = []
    count(stage.dispatcher, (n) => void seen.push(`${n}`))
    stage.dispatcher.start()
    for (const update of updates) await stage.put(update)
    return seen
  }
}

const countChats = (router: Router, note: (n: number) => void) => {
  router.derive(chatData({ initial })).on(filters.text, (ctx) => note((ctx.chatData.n += 1)))
}

const chats = [inGroup(-1), inGroup(-2), inGroup(-1)]

const behaviours: readonly Behaviour[] = [
  {
    name: "user_data is shared by the chats of a user",
    run: counted((dispatcher, note) => {
      dispatcher
        .derive(userData({ initial }))
        .on(filters.text, (ctx) => note((ctx.userData.n += 1)))
    }, chats),
    seen: ["1", "2", "3"],
  },
  {
    name: "chat_data is one for each chat",
    run: counted(countChats, chats),
    seen: ["1", "1", "2"],
  },
  {
    name: "bot_data is one for all",
    run: counted(
      (dispatcher, note) => {
        dispatcher
          .derive(botData({ initial }))
          .on(filters.text, (ctx) => note((ctx.botData.n += 1)))
      },
      [inGroup(-3, 1), inGroup(-4, 2)],
    ),
    seen: ["1", "2"],
  },
  {
    name: "data are there after a restart",
    async run() {
      await counted(countChats, [textIn(3), textIn(3)])()
      await stage.dispatcher.stop()
      stage.dispatcher = stage.dispatcherWith({})
      return counted(countChats, [textIn(3)])()
    },
    seen: ["3"],
  },
  {
    name: "a change before an error is kept",
    run: counted(
      (dispatcher, note) => {
        dispatcher.catch(() => {})
        dispatcher.derive(chatData({ initial })).on(filters.text, (ctx) => {
          note((ctx.chatData.n += 1))
          throw new Error("Failed")
        })
      },
      [textIn(7), textIn(7)],
    ),
    seen: ["1", "1"],
    differs: {
      there: ["1", "2"],
      because:
        "a retry would make the change twice: changes are stored if and only if the update is handled",
    },
  },
  {
    name: "values of any class are kept",
    async run() {
      const errors: string[] = []
      stage.dispatcher.catch((error) => void errors.push(String(error.cause)))
      stage.dispatcher
        .derive(chatData({ initial: () => ({ at: undefined as unknown }) }))
        .on(filters.text, (ctx) => void (ctx.chatData.at = new Date()))
      stage.dispatcher.start()
      await stage.put(textIn(7))
      return errors.map((text) => text.split(",")[0] ?? "")
    },
    seen: ["TypeError: Expected chatData.at to be JSON"],
    differs: {
      there: ["kept"],
      because:
        "classes change between versions of a program: JSON is readable by each, so that the rest is refused",
    },
  },
  {
    name: "the data of a group stay behind when it becomes a supergroup",
    run: counted(
      (dispatcher, note) => {
        dispatcher.derive(chatData({ initial })).message((ctx) => note((ctx.chatData.n += 1)))
      },
      [
        inGroup(-7),
        messageUpdate({
          chat: { id: -7, type: "group", title: "G" },
          migrate_to_chat_id: supergroup,
        }),
        textUpdate("x", { chat: { id: supergroup, type: "supergroup", title: "G" } }),
      ],
    ),
    seen: ["1", "2", "3"],
    differs: {
      there: ["1", "2", "1"],
      because: "the members of the group would lose their data: the data move with the chat",
    },
  },
]

describeBehaviours("persistence", behaviours)
