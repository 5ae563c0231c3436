import { expect, test } from "vitest"
import { Conversation, type ConversationOptions } from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { channel, messageOf, updateWith } from "../support/updates.js"

const stage = dispatchedEach()

/** A behaviour that python-telegram-bot documents for its `ConversationHandler`. */
interface Behaviour {
  readonly name: string
  readonly options?: Partial<ConversationOptions<"a" | "b", { n: number }>>
  /** The updates: texts, or edited texts, posts of a channel. */
  readonly texts: readonly (string | { readonly edited: string } | { readonly post: string })[]
  readonly seen: readonly string[]
  /** The behaviour of python-telegram-bot, and the reason of the difference; absent if both do the same. */
  readonly differs?: string
}

const behaviours: readonly Behaviour[] = [
  { name: "entry points begin a conversation", texts: ["x", "/go", "x"], seen: ["in a"] },
  {
    name: "entry points are not asked while it is active",
    texts: ["/go", "/next", "/go", "x"],
    seen: ["in b"],
  },
  {
    name: "with allow_reentry they are, before the states",
    options: { reentry: true },
    texts: ["/go", "/next", "/go", "x"],
    seen: ["in a"],
  },
  {
    name: "the first matching handler of the state handles",
    texts: ["/go", "/both"],
    seen: ["one"],
  },
  {
    name: "fallbacks are asked if no handler of the state matches",
    texts: ["/go", "/end", "x"],
    seen: ["fallback"],
  },
  {
    name: "a handler that names no state stays in its state",
    texts: ["/go", "x", "x"],
    seen: ["in a", "in a"],
  },
  { name: "END ends it", texts: ["/go", "/next", "/end", "/next", "x"], seen: ["fallback"] },
  {
    name: "a handler that raises leaves the state as it was",
    texts: ["/go", "/fail", "x"],
    seen: ["in a"],
  },
  { name: "posts of a channel are ignored", texts: ["/go", { post: "x" }], seen: [] },
  {
    name: "edited messages are answers",
    texts: ["/go", { edited: "x" }],
    seen: [],
    differs:
      "there they are: a correction of an earlier answer would then be taken for the next one",
  },
  {
    name: "an unknown state is stored with a warning",
    texts: ["/go", "/unknown", "x"],
    seen: ["in a"],
    differs: "there no handler would ever match again: here the update fails and the state stays",
  },
]

test.each(behaviours)("$name", async ({ options, texts, seen }) => {
  const noted: string[] = []
  const talk = new Conversation("talk", {
    states: ["a", "b"],
    data: () => ({ n: 0 }),
    ...options,
  })
  const isPlain = filters.and(filters.text, filters.not(filters.command))
  talk.entryPoints.command("go", (ctx) => ctx.dialog.enter("a"))
  talk.state("a").command("both", () => void noted.push("one"))
  talk.state("a").command("both", () => void noted.push("two"))
  talk.state("a").command("next", (ctx) => ctx.dialog.to("b"))
  talk.state("a").command("unknown", (ctx) => ctx.dialog.to("c" as "b"))
  talk.state("a").command("fail", (ctx) => {
    ctx.dialog.to("b")
    throw new Error("Failed")
  })
  talk.state("a").on(isPlain, () => void noted.push("in a"))
  talk.state("a").channelPost(() => void noted.push("a post"))
  talk.state("b").on(isPlain, () => void noted.push("in b"))
  talk.fallbacks.command("end", (ctx) => {
    noted.push("fallback")
    ctx.dialog.end()
  })
  talk.mount(stage.dispatcher)
  stage.dispatcher.catch(() => {})
  stage.dispatcher.start()
  for (const text of texts) {
    if (typeof text === "string") await stage.put(textIn(7, text))
    else if ("edited" in text) {
      await stage.put(updateWith({ edited_message: messageOf({ text: text.edited }) }))
    } else {
      const post = messageOf({ text: text.post, chat: channel, from: undefined })
      await stage.put(updateWith({ channel_post: post }))
    }
  }
  expect(noted).toEqual(seen)
})
