import { type Dispatcher, filters } from "../../src/dispatch/index.js"
import { deferred } from "../support/waiting.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { type Behaviour, describeBehaviours } from "../support/python-telegram-bot.js"
import { messageOf, textUpdate, updateWith } from "../support/updates.js"

const stage = dispatchedEach()

/** Registers handlers, and puts texts into one chat. Resolves with the handlers that were called. */
function handled(
  register: (dispatcher: Dispatcher, note: (name: string) => void) => void,
  updates: readonly object[] = [textUpdate("x")],
): () => Promise<string[]> {
  return async () => {
    const seen: string[] = []
    register(stage.dispatcher, (name) => void seen.push(name))
    stage.dispatcher.start()
    for (const update of updates) await stage.put(update as never)
    return seen
  }
}

function fail(): never {
  throw new Error("Failed")
}

const behaviours: readonly Behaviour[] = [
  {
    name: "the first matching handler of a group handles",
    run: handled((dispatcher, note) => {
      dispatcher.on(filters.text, () => note("a"))
      dispatcher.on(filters.text, () => note("b"))
    }),
    seen: ["a"],
  },
  {
    name: "one handler of each group handles",
    run: handled((dispatcher, note) => {
      dispatcher.on(filters.text, () => note("a"))
      dispatcher.group(1).on(filters.text, () => note("b"))
    }),
    seen: ["a", "b"],
  },
  {
    name: "the lowest group comes first, whatever the order of registration",
    run: handled((dispatcher, note) => {
      dispatcher.group(2).on(filters.text, () => note("c"))
      dispatcher.on(filters.text, () => note("a"))
      dispatcher.group(-1).on(filters.text, () => note("z"))
    }),
    seen: ["z", "a", "c"],
  },
  {
    name: "a stop skips the later groups",
    run: handled((dispatcher, note) => {
      dispatcher.on(filters.text, (ctx) => {
        note("a")
        ctx.stop()
      })
      dispatcher.group(1).on(filters.text, () => note("b"))
    }),
    seen: ["a"],
  },
  {
    name: "an error does not skip the later groups",
    run: handled((dispatcher, note) => {
      dispatcher.on(filters.text, () => {
        note("a")
        fail()
      })
      dispatcher.group(1).on(filters.text, () => note("b"))
      dispatcher.catch(() => note("error"))
    }),
    seen: ["a", "error", "b"],
  },
  {
    name: "a stop of an error handler skips the later groups",
    run: handled((dispatcher, note) => {
      dispatcher.on(filters.text, () => {
        note("a")
        fail()
      })
      dispatcher.group(1).on(filters.text, () => note("b"))
      dispatcher.catch((_, ctx) => {
        note("error")
        ctx.stop()
      })
    }),
    seen: ["a", "error"],
  },
  {
    name: "each error handler gets the error",
    run: handled((dispatcher, note) => {
      dispatcher.on(filters.text, () => {
        note("a")
        fail()
      })
      dispatcher.catch(() => note("one"))
      dispatcher.catch(() => note("two"))
    }),
    seen: ["a", "one", "two"],
  },
  {
    name: "an error without error handlers ends nothing",
    run: handled(
      (dispatcher, note) => {
        dispatcher.on(filters.text, () => {
          note("a")
          fail()
        })
      },
      [textUpdate("x"), textUpdate("x")],
    ),
    seen: ["a", "a"],
  },
  {
    name: "an update that matches no handler is ignored",
    run: handled((dispatcher, note) => dispatcher.command("go", () => note("go"))),
    seen: [],
  },
  {
    name: "a removed handler is not asked",
    run: handled((dispatcher, note) => {
      const handler = dispatcher.on(filters.text, () => note("a"))
      dispatcher.on(filters.text, () => note("b"))
      handler.remove()
    }),
    seen: ["b"],
  },
  {
    name: "a handler that was added while the bot runs is asked",
    async run() {
      const seen: string[] = []
      stage.dispatcher.on(filters.text, () => void seen.push("a"))
      stage.dispatcher.start()
      await stage.put(textUpdate("x"))
      stage.dispatcher.group(1).on(filters.text, () => void seen.push("b"))
      await stage.put(textUpdate("x"))
      return seen
    },
    seen: ["a", "a", "b"],
  },
  {
    name: "objects of the program are handled by a handler of their type",
    async run() {
      const [seen, ended] = [[] as string[], deferred()]
      stage.dispatcher.event("paid", (ctx) => {
        seen.push(ctx.own.name)
        ended.resolve()
      })
      stage.dispatcher.on(filters.text, (ctx) =>
        ctx.state.put({ name: "paid", data: { order: 7 } }),
      )
      stage.dispatcher.start()
      await stage.put(textUpdate("x"))
      await ended.promise
      return seen
    },
    seen: ["paid"],
  },
  {
    name: "an edited command is a command",
    run: handled(
      (dispatcher, note) => dispatcher.command("go", () => note("go")),
      [
        updateWith({
          edited_message: messageOf({
            text: "/go",
            entities: [{ type: "bot_command", offset: 0, length: 3 }],
          }),
        }),
      ],
    ),
    seen: [],
    differs: {
      there: ["go"],
      because: "whoever corrects a typing mistake in a command would run it twice",
    },
  },
  {
    name: "the updates of two chats are handled one after the other",
    async run() {
      const [seen, released, all] = [[] as string[], deferred(), deferred()]
      stage.dispatcher.on(filters.text, async (ctx) => {
        if (ctx.chat?.id === 1) await released.promise
        seen.push(`chat ${ctx.chat?.id}`)
        released.resolve()
        if (seen.length === 2) all.resolve()
      })
      stage.dispatcher.start()
      const puts = [stage.put(textIn(1)), stage.put(textIn(2))]
      await Promise.all([...puts, all.promise])
      return seen
    },
    seen: ["chat 2", "chat 1"],
    differs: {
      there: ["chat 1", "chat 2"],
      because:
        "a slow handler would delay all chats: only the updates of one chat wait for each other",
    },
  },
]

describeBehaviours("groups", behaviours)
