import type { PageChat } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import type { PageState } from "./page-state.js"

/** An event of a chat, with its Unix time in milliseconds and the lines of the test. */
interface Step {
  readonly at: number
  readonly lines: readonly string[]
}

/**
 * Returns the code of a test that repeats the messages and button presses of a private chat and expects the
 * same answers of the bot.
 */
export function chatAsTest(chat: PageChat, state: PageState): string {
  const messages = state.loaded.get(chat.key)?.messages ?? []
  const steps = [
    ...messages.map((message): Step => ({
      at: message.date * 1000,
      lines: linesOf(message, state.me),
    })),
    ...pressesOf(chat, state),
  ]
  // The dates of messages are whole seconds; messages of the same second keep their order.
  const sorted = steps.sort((one, other) => Math.floor(one.at / 1000) - Math.floor(other.at / 1000))
  const body = sorted.flatMap(({ lines }) => lines).map((line) => `    ${line}`)
  return [...head, ...body, ...tail].join("\n")
}

function linesOf(message: Message, me: number | undefined): string[] {
  const { from, text, message_id: id } = message
  if (from?.id === me) {
    return [
      text === undefined
        ? "// a message without text"
        : `await ada.send(account, ${JSON.stringify(text)})`,
    ]
  }
  const heard = `const message${id} = await ada.hears()`
  return text === undefined
    ? [heard]
    : [heard, `assert.equal(message${id}.text, ${JSON.stringify(text)})`]
}

function pressesOf(chat: PageChat, { updates, me }: PageState): Step[] {
  const presses = updates.filter(
    ({ bot, type }) => type === "callback_query" && chat.bots.includes(bot),
  )
  return presses.flatMap(({ payload, putAt }): Step[] => {
    // The simulator wrote this JSON.
    const query = JSON.parse(payload) as Press
    if (query.from.id !== me || query.data === undefined || query.message === undefined) return []
    const line = `await ada.press(message${query.message.message_id}, ${JSON.stringify(query.data)})`
    return [{ at: putAt, lines: [line] }]
  })
}

interface Press {
  readonly from: { readonly id: number }
  readonly data?: string
  readonly message?: { readonly message_id: number }
}

const head = [
  'import assert from "node:assert/strict"',
  'import { test } from "node:test"',
  'import { Simulator } from "@sounder/simulator"',
  "",
  'test("the conversation", async () => {',
  "  const telegram = await Simulator.start()",
  '  const account = telegram.bot({ username: "my_bot" })',
  '  const ada = telegram.user({ first_name: "Ada" })',
  "  // Start your bot here, with account.token and telegram.apiRoot.",
  "  try {",
]

const tail = [
  "  } finally {",
  "    // End your bot here.",
  "    await telegram[Symbol.asyncDispose]()",
  "  }",
  "})",
  "",
]
