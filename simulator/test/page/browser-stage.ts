import { afterAll, beforeAll, beforeEach, expect } from "vitest"
import { Simulator, type SimulatedBot, type SimulatorOptions } from "../../src/index.js"
import { built } from "../../../test/support/built.js"
import { findProgram, requireServer } from "../../../test/support/real-servers.js"
import { call } from "../conformance-stage.js"
import { close, launch, visit, type Browser, type Page, type Viewing } from "./browser.js"

/** Opens the chat with the bot and presses START. */
export async function begin(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Demo.*press to begin/ }).click()
  await page.getByRole("button", { name: "Start" }).click()
  await expectText(page, "Hello, Ada!")
}

/** Waits for a text within an element. */
export async function expectText(page: Page, text: string, within = ".messages"): Promise<void> {
  await expect
    .poll(() => page.locator(within).first().innerText(), { timeout: 15_000 })
    .toContain(text)
}

/** Options of a simulator and of its page in the browser. */
export interface Staging extends SimulatorOptions, Viewing {
  /** Whether a bot polls and answers. Default: true. */
  readonly answers?: boolean
}

/**
 * Starts Chromium for the tests of a file, and skips them if it is missing. Returns a function that
 * opens the page of a new simulator.
 */
export function openerInChromium() {
  let browser: Browser | undefined
  beforeAll(async () => {
    await built()
    const path = findProgram("chromium")
    if (path !== undefined) browser = await launch(path)
  }, 180_000)
  afterAll(async () => {
    if (browser !== undefined) await close(browser)
  })
  beforeEach((context) => void requireServer("chromium", context))
  return (staging?: Staging) => openIn(browser, staging)
}

/** Opens the page of a simulator, with a bot that answers. */
async function openIn(
  browser: Browser | undefined,
  { colorScheme, width, hasTouch, isMobile, answers = true, ...more }: Staging = {},
) {
  const viewing = Object.fromEntries(
    Object.entries({ colorScheme, width, hasTouch, isMobile }).filter(
      ([, given]) => given !== undefined,
    ),
  )
  const telegram = await Simulator.start({ ...more, page: true })
  const bot = telegram.bot({ username: "demo_bot", first_name: "Demo" })
  const ada = telegram.user({ first_name: "Ada" })
  const commands = [{ command: "count", description: "A button that counts" }]
  await call(telegram, bot.token, "setMyCommands", { commands })
  const polling = answers ? answer(telegram, bot) : Promise.resolve()
  const { page, complaints } = await visit(browser!, telegram.pageUrl!, viewing)
  return {
    telegram,
    bot,
    ada,
    page,
    complaints,
    async [Symbol.asyncDispose]() {
      await page.close()
      await telegram[Symbol.asyncDispose]()
      await polling
    },
  }
}

/** Runs a minimal bot, which polls until the simulator ends or a webhook is set. */
async function answer(telegram: Simulator, bot: SimulatedBot): Promise<void> {
  for (let offset = 0; ;) {
    const got = await call(telegram, bot.token, "getUpdates", { offset, timeout: 50 }).catch(
      () => undefined,
    )
    if (got?.ok !== true) return
    for (const update of got.result as Incoming[]) {
      offset = update.update_id + 1
      await handle(telegram, bot, update)
    }
  }
}

interface Incoming {
  readonly update_id: number
  readonly message?: {
    readonly text?: string
    readonly photo?: object
    readonly chat: { readonly id: number }
    readonly from: { readonly first_name: string }
  }
  readonly callback_query?: {
    readonly id: string
    readonly data: string
    readonly message: { readonly message_id: number; readonly chat: { readonly id: number } }
  }
}

const reply_markup = {
  inline_keyboard: [
    [
      { text: "Count", callback_data: "count" },
      { text: "Alert", callback_data: "alert" },
    ],
  ],
}

async function handle(
  telegram: Simulator,
  { token }: SimulatedBot,
  { message, callback_query: query }: Incoming,
): Promise<void> {
  if (message !== undefined) {
    const { text, photo, chat, from } = message
    const isCommand = text?.startsWith("/") === true
    const said = photo === undefined ? `You said: ${text}` : "A fine photo"
    await call(telegram, token, "sendMessage", {
      chat_id: chat.id,
      text: isCommand ? `Hello, ${from.first_name}!` : said,
      ...(isCommand && { reply_markup }),
    })
  }
  if (query === undefined) return
  const { id: callback_query_id, message: of, data } = query
  const isAlert = data === "alert"
  const text = isAlert ? "Mind the gap" : "That makes 1"
  await call(telegram, token, "answerCallbackQuery", {
    callback_query_id,
    text,
    show_alert: isAlert,
  })
  if (isAlert) return
  const { message_id, chat } = of
  const edit = { chat_id: chat.id, message_id, text: "Counted 1", reply_markup }
  await call(telegram, token, "editMessageText", edit)
}

/** A picture of one pixel. */
export const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)
