import { request, type IncomingHttpHeaders } from "node:http"
import { type SimulatedBot, type SimulatedUser, Simulator } from "../../src/index.js"

/**
 * A simulator with its page, a bot, Ada, and their chat, which is empty, as Ada has deleted her first
 * message.
 *
 * @param options.isBegun whether they have met. Default: `true`.
 */
export async function open({ isBegun = true, ...options }: Staging = {}) {
  const telegram = await Simulator.start({ ...options, page: true })
  const bot = telegram.bot({ username: "page_bot" })
  const ada = telegram.user({ first_name: "Ada" })
  const root = telegram.apiRoot
  const chat = `${bot.id}:${ada.id}`
  const post = async (action: string, input: object) => {
    const body = JSON.stringify({ as: ada.id, chat, ...input })
    const answer = await ask(`${root}/page/${action}`, { method: "POST", body })
    return answer.json as { ok: boolean; error?: string }
  }
  if (isBegun) await post("delete", { message_id: await begin(ada, bot, root) })
  return {
    telegram,
    bot,
    ada,
    root,
    chat,
    act: post,
    [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose](),
  }
}

interface Staging {
  readonly local?: boolean
  readonly isBegun?: boolean
}

/** Writes the first message, and lets Telegram forget its update. */
async function begin(ada: SimulatedUser, bot: SimulatedBot, root: string): Promise<number> {
  const { message_id } = await ada.send(bot, "/start")
  const updates = `${root}/bot${bot.token}/getUpdates`
  // Telegram's own answer.
  const { result } = (await (await fetch(updates)).json()) as { result: { update_id: number }[] }
  await fetch(`${updates}?offset=${(result.at(-1)?.update_id ?? 0) + 1}`)
  return message_id
}

/** The options of a request. */
interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Sends a request with any headers, including those that `fetch` reserves. */
export function ask(url: string, { method = "GET", path, headers, body = "" }: Asked) {
  const all = { "content-type": "application/json", ...headers }
  const options = { method, headers: all, agent: false as const, ...(path && { path }) }
  return new Promise<{ status: number; headers: IncomingHttpHeaders; json: unknown }>(
    (resolve, reject) => {
      const sent = request(url, options, async (response) => {
        const chunks = await response.toArray()
        const text = Buffer.concat(chunks).toString()
        const isJson = response.headers["content-type"] === "application/json"
        const json: unknown = isJson ? JSON.parse(text) : undefined
        resolve({ status: response.statusCode ?? 0, headers: response.headers, json })
      })
      sent.once("error", reject)
      sent.end(body)
    },
  )
}

/** Returns true if an answer of `ask` is a refusal. */
export function isRefused(answer: unknown): boolean {
  return (
    typeof answer === "object" && answer !== null && "status" in answer && answer.status === 400
  )
}
