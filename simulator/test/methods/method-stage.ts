import { Simulator, type SimulatedBot, type SimulatedUser } from "../../src/index.js"

/** The parameters of a call, before serialization. */
export type Parameters = Readonly<Record<string, unknown>>

const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

/** A PNG of one pixel. */
export const png = Buffer.from(pixel, "base64")

/** A PNG that is valid as a sticker, of which only the head is real. */
export const stickerPng = Buffer.concat([
  png.subarray(0, 16),
  Buffer.from("0000020000000200", "hex"),
  png.subarray(24),
])

/** A PNG that is valid as a custom emoji, of which only the head is real. */
export const emojiPng = Buffer.concat([
  png.subarray(0, 16),
  Buffer.from("0000006400000064", "hex"),
  png.subarray(24),
])

/** A world in which each method can be called successfully. */
export interface MethodStage {
  readonly telegram: Simulator
  readonly bot: SimulatedBot
  readonly ada: SimulatedUser
  /** Calls a method, with buffers as files. Resolves with its result. */
  call(method: string, parameters: Parameters): Promise<unknown>
}

/** Starts a method stage. */
export async function methodStage(): Promise<MethodStage> {
  const telegram = await Simulator.start({ local: true, seed: 3 })
  const traits = {
    supports_inline_queries: true,
    supports_join_request_queries: true,
    can_connect_to_business: true,
    supports_guest_queries: true,
    can_verify: true,
    can_manage_bots: true,
    star_balance: 10_000,
  }
  const games = [{ short_name: "chess", title: "Chess", description: "For two" }]
  const bot = telegram.bot({ username: "stage_bot", ...traits, games })
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(bot, "/start")
  const call = async (method: string, parameters: Parameters) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(parameters)) {
      const isFile = Buffer.isBuffer(value)
      const text = typeof value === "string" ? value : JSON.stringify(value)
      if (isFile) form.set(name, new Blob([new Uint8Array(value)]), `${name}.png`)
      else form.set(name, text)
    }
    const isEmpty = Object.keys(parameters).length === 0
    const response = await fetch(`${telegram.apiRoot}/bot${bot.token}/${method}`, {
      method: "POST",
      ...(!isEmpty && { body: form }),
    })
    const answer = (await response.json()) as { ok: boolean; result: unknown; description: string }
    if (!answer.ok) throw new Error(`${method}: ${answer.description}`)
    return answer.result
  }
  return { telegram, bot, ada, call }
}

/** An invoice in Telegram Stars. */
export const invoice = {
  title: "Tea",
  description: "Hot",
  payload: "tea",
  currency: "XTR",
  prices: [{ label: "Tea", amount: 5 }],
}
