import type { Bot, CallOptions } from "../../bot/index.js"
import { methodNames } from "../../bot/method-names.generated.js"

/** A function that makes a call of Telegram, or returns its recorded result. */
export type RecordedCall = (
  method: string,
  params: object | undefined,
  options: CallOptions | undefined,
) => Promise<unknown>

/** The methods of the Bot API, which call `this.call`. */
const apiMethods: ReadonlySet<string | symbol> = new Set(methodNames)

/** Returns a bot that passes its calls of Telegram to a function. */
export function recordedBot(bot: Bot, call: RecordedCall): Bot {
  return new Proxy(bot, {
    get(target, name) {
      if (name === "call") return call
      if (name === "download") return refuseDownload
      // The bot itself, because getters and all other methods read its private members.
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" && !apiMethods.has(name) ? value.bind(target) : value
    },
  })
}

function refuseDownload(): Promise<never> {
  const advice = "call `talk.step` with a function that downloads, and return what the script needs"
  return Promise.reject(new TypeError(`A script cannot record a download: ${advice}.`))
}
